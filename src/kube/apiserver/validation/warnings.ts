/** Warnings beside an accepted object. */
import type { ResourceInfo } from "../../apis/resources";
import type { Obj } from "../../apis/schema/typed-json";

export function createWarnings(_resource: ResourceInfo, _object: Obj): string[] {
  return [];
}
export function updateWarnings(_resource: ResourceInfo, _next: Obj, _previous: Obj): string[] {
  return [];
}
