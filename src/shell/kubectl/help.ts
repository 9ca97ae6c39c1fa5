/** What `kubectl --help` says, in short. Not modelled: the long texts and examples of each command. */
const GROUPS: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
  [
    "Basic Commands (Beginner)",
    [
      ["create", "Create a resource from a file or from stdin"],
      ["expose", "Take a service, deployment or pod and expose it as a new Kubernetes service"],
      ["run", "Run a particular image on the cluster"],
      ["set", "Set specific features on objects"],
    ],
  ],
  [
    "Basic Commands (Intermediate)",
    [
      ["explain", "Get documentation for a resource"],
      ["get", "Display one or many resources"],
      ["edit", "Edit a resource on the server"],
      ["delete", "Delete resources by file names, stdin, resources and names, or by resources and label selector"],
    ],
  ],
  [
    "Deploy Commands",
    [
      ["rollout", "Manage the rollout of a resource"],
      ["scale", "Set a new size for a deployment or replica set"],
    ],
  ],
  [
    "Cluster Management Commands",
    [
      ["cluster-info", "Display cluster information"],
      ["top", "Display resource (CPU/memory) usage"],
      ["cordon", "Mark node as unschedulable"],
      ["uncordon", "Mark node as schedulable"],
      ["drain", "Drain node in preparation for maintenance"],
      ["taint", "Update the taints on one or more nodes"],
    ],
  ],
  [
    "Troubleshooting and Debugging Commands",
    [
      ["describe", "Show details of a specific resource or group of resources"],
      ["logs", "Print the logs for a container in a pod"],
      ["exec", "Execute a command in a container"],
      ["auth", "Inspect authorization"],
      ["events", "List events"],
    ],
  ],
  [
    "Advanced Commands",
    [
      ["diff", "Diff the live version against a would-be applied version"],
      ["apply", "Apply a configuration to a resource by file name or stdin"],
      ["patch", "Update fields of a resource"],
      ["replace", "Replace a resource by file name or stdin"],
      ["wait", "Wait for a specific condition on one or many resources"],
    ],
  ],
  [
    "Settings Commands",
    [
      ["label", "Update the labels on a resource"],
      ["annotate", "Update the annotations on a resource"],
    ],
  ],
  [
    "Other Commands",
    [
      ["api-resources", "Print the supported API resources on the server"],
      ["api-versions", 'Print the supported API versions on the server, in the form of "group/version"'],
      ["config", "Modify kubeconfig files"],
      ["version", "Print the client and server version information"],
    ],
  ],
];

export function helpText(topic: string): string {
  for (const [, commands] of GROUPS)
    for (const [name, what] of commands)
      if (name === topic)
        return `${what}.\n\nUsage:\n  kubectl ${name} [flags] [options]\n\nUse "kubectl options" for a list of global command-line options (applies to all commands).\n`;
  const groups = GROUPS.map(([title, commands]) => `${title}:\n${commands.map(([name, what]) => `  ${name.padEnd(15)} ${what}\n`).join("")}`).join(
    "\n",
  );
  return `kubectl controls the Kubernetes cluster manager.\n\n Find more information at: https://kubernetes.io/docs/reference/kubectl/\n\n${groups}\nUsage:\n  kubectl [flags] [options]\n\nUse "kubectl <command> --help" for more information about a given command.\n`;
}
