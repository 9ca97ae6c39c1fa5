/** Whether a container that ended is started again. */
import type { Container, PodSpec } from "../apis/objects";

interface RestartRule {
  readonly action?: string;
  readonly exitCodes?: { readonly operator?: string; readonly values?: readonly number[] };
}

type WithRules = Container & { readonly restartPolicyRules?: readonly RestartRule[] };

const ruleMatches = (rule: RestartRule, exitCode: number): boolean => {
  const listed = (rule.exitCodes?.values ?? []).includes(exitCode);
  return rule.exitCodes !== undefined && (rule.exitCodes.operator === "NotIn" ? !listed : listed);
};

const byPolicy = (policy: string | undefined, exitCode: number): boolean => (policy === "OnFailure" ? exitCode !== 0 : policy !== "Never");

/**
 * The container's own rules and policy first, then the Pod's.
 * @rule kube.container.should-restart
 * @source kubernetes@1.35 pkg/api/v1/pod/util.go ContainerShouldRestart
 */
export function containerShouldRestart(container: WithRules, spec: Pick<PodSpec, "restartPolicy">, exitCode: number): boolean {
  if (container.restartPolicy !== undefined) {
    if ((container.restartPolicyRules ?? []).some((rule) => ruleMatches(rule, exitCode))) return true;
    return byPolicy(container.restartPolicy, exitCode);
  }
  return byPolicy(spec.restartPolicy, exitCode);
}
