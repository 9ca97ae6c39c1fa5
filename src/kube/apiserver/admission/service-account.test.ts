/** kube.admission.service-account, kube.admission.service-account-token: whose name a Pod runs under, and where it finds the token. */
import { describe, expect, it } from "vitest";
import type { Obj } from "../../apis/schema/typed-json";
import { resourceNamed, type ResourceInfo } from "../../apis/resources";
import type { StrategyContext } from "../strategy-context";
import { accountOf, addServiceAccount } from "./service-account";

const PODS = resourceNamed("pods") as ResourceInfo;
const PATH = "/var/run/secrets/kubernetes.io/serviceaccount";
const account = (more: Obj = {}): Obj => ({ metadata: { name: "default" }, ...more });
const spec = (more: Obj = {}): Obj => ({ containers: [{ name: "a" }], ...more });
const mountsOf = (out: Obj): unknown => (out["containers"] as readonly Obj[]).map((container) => container["volumeMounts"]);

describe("the account", () => {
  it("is named, and its token is mounted into every container", () => {
    const out = addServiceAccount(spec({ initContainers: [{ name: "i" }] }), account());
    const [volume] = out["volumes"] as readonly { readonly name: string }[];
    expect(volume?.name).toMatch(/^kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    expect(out).toMatchObject({ serviceAccountName: "default", serviceAccount: "default" });
    expect(mountsOf(out)).toEqual([[{ name: volume?.name, readOnly: true, mountPath: PATH }]]);
    expect(out["initContainers"]).toMatchObject([{ volumeMounts: [{ mountPath: PATH }] }]);
  });
  it("leaves alone what the Pod or the account says no to, or mounts itself", () => {
    expect(addServiceAccount(spec({ automountServiceAccountToken: false }), account())["volumes"]).toBeUndefined();
    expect(addServiceAccount(spec(), account({ automountServiceAccountToken: false }))["volumes"]).toBeUndefined();
    expect(
      addServiceAccount(spec({ automountServiceAccountToken: true }), account({ automountServiceAccountToken: false }))["volumes"],
    ).toBeDefined();
    const own = { containers: [{ name: "a", volumeMounts: [{ name: "v", mountPath: PATH }] }] };
    expect(addServiceAccount(own, account())["volumes"]).toBeUndefined();
  });
  it("is refused when it is named and not there", () => {
    const context = { namespace: "n", account: (name: string) => (name === "default" ? account() : undefined) } as unknown as StrategyContext;
    expect(accountOf({ metadata: { name: "p" }, spec: { serviceAccountName: "robot" } }, PODS, context)).toMatchObject({
      code: 403,
      body: { message: 'pods "p" is forbidden: error looking up service account n/robot: serviceaccount "robot" not found' },
    });
    expect(accountOf({ metadata: { name: "p", annotations: { "kubernetes.io/config.mirror": "x" } }, spec: {} }, PODS, context)).toBeUndefined();
  });
});
