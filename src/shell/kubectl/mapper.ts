/**
 * From what a person types (`deploy`, `Pods`, `deployments.apps`) to a resource, and how a resource is written back.
 * @source kubernetes@1.35 staging/src/k8s.io/client-go/restmapper/shortcut.go, discovery.go
 */
import { RESOURCES, type ResourceInfo } from "../../kube/apis/resources";
import { fatal } from "./failure";

const BY_WORD: ReadonlyMap<string, ResourceInfo> = (() => {
  const words = new Map<string, ResourceInfo>();
  const add = (word: string, resource: ResourceInfo): void => {
    if (!words.has(word)) words.set(word, resource);
  };
  for (const resource of RESOURCES) for (const word of [resource.name, resource.singular]) add(word, resource);
  for (const resource of RESOURCES) for (const word of resource.shortNames) add(word, resource);
  return words;
})();

export function resourceOfWord(text: string): ResourceInfo | undefined {
  const word = text.toLowerCase();
  const plain = BY_WORD.get(word);
  if (plain !== undefined) return plain;
  const dot = word.indexOf(".");
  if (dot < 0) return undefined;
  const found = BY_WORD.get(word.slice(0, dot));
  const rest = word.slice(dot + 1);
  return found !== undefined && (rest === found.group || rest === `${found.version}.${found.group}` || rest === `${found.version}.`)
    ? found
    : undefined;
}

export function mustResource(text: string): ResourceInfo {
  const found = resourceOfWord(text);
  if (found === undefined) throw fatal(`the server doesn't have a resource type ${JSON.stringify(text)}`);
  return found;
}

/** `deployment.apps`, `pod`. */
export const kindWord = (resource: ResourceInfo): string => (resource.group === "" ? resource.singular : `${resource.singular}.${resource.group}`);
/** `deployments.apps`, `pods`. */
export const resourceWord = (resource: ResourceInfo): string => (resource.group === "" ? resource.name : `${resource.name}.${resource.group}`);
export const nameWord = (resource: ResourceInfo, name: string): string => `${kindWord(resource)}/${name}`;
export const CATEGORY_ALL: readonly ResourceInfo[] = RESOURCES.filter((resource) => resource.categories?.includes("all"));
