/**
 * Admission plug-ins that are on, where a cluster may do without: as the server's flag `--enable-admission-plugins` names them.
 * @source kubernetes@1.35 pkg/kubeapiserver/options/plugins.go DefaultOffAdmissionPlugins
 */
import { defineTable } from "../../../sim/table";
import type { Message } from "../../../sim/types";

export const SERVICE_ACCOUNT = "ServiceAccount";
export const pluginTable = defineTable<{ readonly name: string }>({ name: "apiserver.plugin", key: (row) => row.name });

/** Sent to the server before it gets its first request. */
export interface EnablePlugins extends Message {
  readonly type: "api.plugins";
  readonly names: readonly string[];
}
