/** What kubectl says when it does not know what is meant. */
import { Exit } from "./failure";

/** @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/get/get.go, describe/describe.go */
export const missingType = (verb: string): Exit =>
  new Exit(
    `You must specify the type of resource to ${verb}. Use "kubectl api-resources" for a complete list of supported resources.\n\nerror: Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).\nSee 'kubectl ${verb} -h' for help and examples\n`,
  );
