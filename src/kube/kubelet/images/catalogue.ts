/**
 * The images this world's registries hold, as data. A name that is not here but could exist runs as a stand-in; a tag that a known
 * repository does not have, or a registry that does not exist, fails to be pulled in the runtime's own words.
 */
import { type ImageName, imageNameText, normalizedImageName } from "../image-name";

export type Program =
  | "pause"
  | "nginx"
  | "httpd"
  | "redis"
  | "postgres"
  | "mysql"
  | "mongo"
  | "memcached"
  | "shell"
  | "git-sync"
  | "web"
  | "client"
  | "worker"
  | "task"
  | "sync"
  | "echo"
  | "coredns"
  | "sleeper"
  | "stand-in";

export interface Image {
  readonly repository: string;
  /** A pattern for tags that exist. */
  readonly tags: RegExp;
  readonly sizeBytes: number;
  readonly program: Program;
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly ports: readonly number[];
  readonly env?: Readonly<Record<string, string>>;
}

const MB = 1_000_000;
/** Suffixes of tags that official images have. */
const SUFFIX = "(-(alpine|slim|perl|bookworm|bullseye|trixie|glibc|musl|uclibc|otel|debug|noble|jammy)[a-z0-9.]*)*";
/** Tags by their major version: `latest`, `1`, `1.27`, `1.27.3`, each with suffixes. */
const tagged = (majors: string, minor = String.raw`\d{1,2}`): RegExp =>
  new RegExp(
    `^(latest|stable|mainline|alpine|perl|slim|bookworm|bullseye|trixie|glibc|musl|uclibc|edge|e2e|lts|v?(${majors})(\\.${minor}(\\.\\d{1,2})?)?)${SUFFIX}$`,
  );
const NUMBERED = tagged("\\d{1,2}");
/** Images whose tags nobody remembers: any word, but a version must look like one. */
const VERSION = /^(latest|stable|v?\d{1,2}(\.\d{1,3}){0,2}|[a-z]+(-[a-z]+)*)$/;
const OWN = /^(latest|stable|v?\d{1,2}(\.\d{1,2}){0,2})$/;
const SH = ["sh"] as const;

const image = (
  repository: string,
  program: Program,
  sizeBytes: number,
  ports: readonly number[],
  entrypoint: readonly string[],
  cmd: readonly string[] = [],
  tags: RegExp = NUMBERED,
): Image => ({ repository, program, sizeBytes: Math.round(sizeBytes), ports, entrypoint, cmd, tags });

export const CATALOGUE: readonly Image[] = [
  image("registry.k8s.io/pause", "pause", MB * 0.3, [], ["/pause"]),
  image(
    "docker.io/library/nginx",
    "nginx",
    MB * 72,
    [80],
    ["/docker-entrypoint.sh"],
    ["nginx", "-g", "daemon off;"],
    tagged("1", "([0-9]|[12][0-9])"),
  ),
  image("docker.io/nginxinc/nginx-unprivileged", "nginx", MB * 72, [8080], ["/docker-entrypoint.sh"], ["nginx", "-g", "daemon off;"]),
  image("docker.io/library/httpd", "httpd", MB * 58, [80], [], ["httpd-foreground"], tagged("2")),
  image("docker.io/library/redis", "redis", MB * 41, [6379], ["docker-entrypoint.sh"], ["redis-server"], tagged("[2-8]")),
  image("registry.k8s.io/redis", "redis", MB * 150, [6379], [], ["/redis-server.sh"]),
  image("gcr.io/google_samples/gb-redisslave", "redis", MB * 44, [6379], ["/entrypoint.sh"], ["/run.sh"], VERSION),
  image("us-docker.pkg.dev/google-samples/containers/gke/gb-redis-follower", "redis", MB * 40, [6379], ["/run.sh"], [], VERSION),
  image("gcr.io/google-samples/gb-frontend", "httpd", MB * 130, [80], [], ["apache2-foreground"], VERSION),
  image("gcr.io/google_samples/gb-frontend", "httpd", MB * 130, [80], [], ["apache2-foreground"], VERSION),
  image("us-docker.pkg.dev/google-samples/containers/gke/gb-frontend", "httpd", MB * 130, [80], [], ["apache2-foreground"], VERSION),
  image("docker.io/dockersamples/examplevotingapp_vote", "web", MB * 55, [80], ["gunicorn", "app:app", "-b", "0.0.0.0:80"], [], VERSION),
  image("docker.io/dockersamples/examplevotingapp_result", "web", MB * 80, [80], ["node", "server.js"], [], VERSION),
  image("docker.io/dockersamples/examplevotingapp_worker", "worker", MB * 90, [], ["dotnet", "Worker.dll"], [], VERSION),
  image("docker.io/library/postgres", "postgres", MB * 110, [5432], ["docker-entrypoint.sh"], ["postgres"], tagged("9|1[0-8]")),
  image("docker.io/library/mysql", "mysql", MB * 160, [3306], ["docker-entrypoint.sh"], ["mysqld"]),
  image("docker.io/library/mongo", "mongo", MB * 240, [27017], ["docker-entrypoint.sh"], ["mongod"]),
  image("docker.io/library/memcached", "memcached", MB * 32, [11211], ["docker-entrypoint.sh"], ["memcached"]),
  image("docker.io/library/busybox", "shell", MB * 2.2, [], [], SH, tagged("1", "([0-9]|[123][0-9])")),
  image("docker.io/library/alpine", "shell", MB * 3.6, [], [], ["/bin/sh"], tagged("[23]")),
  image("docker.io/library/debian", "shell", MB * 49, [], [], ["bash"], VERSION),
  image("docker.io/library/ubuntu", "shell", MB * 30, [], [], ["/bin/bash"], VERSION),
  image("docker.io/curlimages/curl", "shell", MB * 9, [], ["/entrypoint.sh"], ["curl"]),
  image("registry.k8s.io/busybox", "shell", MB * 1.1, [], [], SH),
  image("registry.k8s.io/e2e-test-images/busybox", "shell", MB * 1.1, [], [], SH),
  image("registry.k8s.io/e2e-test-images/agnhost", "web", MB * 50, [], ["/agnhost"], ["pause"]),
  image("registry.k8s.io/echoserver", "echo", MB * 40, [8080], ["/usr/local/bin/run.sh"], []),
  image("docker.io/hashicorp/http-echo", "echo", MB * 4, [5678], ["/http-echo"], []),
  image("docker.io/traefik/whoami", "echo", MB * 3, [80], ["/whoami"], [], VERSION),
  image("gcr.io/google-samples/hello-app", "web", MB * 12, [8080], ["./hello-app"], []),
  image("us-docker.pkg.dev/google-samples/containers/gke/hello-app", "web", MB * 12, [8080], ["./hello-app"], []),
  image("registry.k8s.io/git-sync/git-sync", "git-sync", MB * 30, [], ["/git-sync"], []),
  image("registry.k8s.io/coredns/coredns", "coredns", MB * 20, [53, 9153], ["/coredns"], []),
  image("docker.io/strata/web", "web", MB * 12, [8080], ["/web"], [], OWN),
  image("docker.io/strata/task", "task", MB * 2, [], ["/task"], [], OWN),
  image("docker.io/strata/sync", "sync", MB * 2, [], ["/sync"], [], OWN),
  image("docker.io/strata/client", "client", MB * 8, [], ["/client"], [], OWN),
  image("registry.k8s.io/kube-apiserver", "sleeper", MB * 30, [6443], ["kube-apiserver"]),
  image("registry.k8s.io/kube-controller-manager", "sleeper", MB * 27, [10257], ["kube-controller-manager"]),
  image("registry.k8s.io/kube-scheduler", "sleeper", MB * 20, [10259], ["kube-scheduler"]),
  image("registry.k8s.io/kube-proxy", "sleeper", MB * 30, [], ["kube-proxy"]),
  image("registry.k8s.io/etcd", "sleeper", MB * 60, [2379], ["etcd"], [], /^v?\d+\.\d+\.\d+(-\d+)?$/),
];

const byRepository = new Map(CATALOGUE.map((row) => [row.repository, row]));
/** Registries that answer; any other host does not exist. */
const REGISTRIES: ReadonlySet<string> = new Set([
  "docker.io",
  "registry.k8s.io",
  "k8s.gcr.io",
  "gcr.io",
  "ghcr.io",
  "quay.io",
  "us-docker.pkg.dev",
  "public.ecr.aws",
  "mcr.microsoft.com",
  "registry.gitlab.com",
  "nvcr.io",
]);

export type Resolved = { readonly image: Image; readonly known: boolean; readonly text: string } | { readonly error: string };

const standIn = (repository: string): Image => ({
  repository,
  tags: /./,
  sizeBytes: 50 * MB,
  program: "stand-in",
  entrypoint: [],
  cmd: [],
  ports: [],
});

/** What names of images nobody has stand for in exercises. */
const IMPOSSIBLE = /(does-?not-?exist|nonexist|no-such|not-?found|missing|invalid|typo|\bbad\b)/;

const refusal = (text: string, cause: string): { readonly error: string } => ({
  error: `failed to pull and unpack image "${text}": failed to resolve reference "${text}": ${cause}`,
});

const memo = new Map<string, Resolved>();

/**
 * What a registry answers for an image name.
 * @rule kube.image.resolve
 * @source containerd@2.1 core/remotes/docker/resolver.go Resolve (its error texts)
 */
export function resolveImage(written: string): Resolved {
  const known = memo.get(written);
  if (known) return known;
  const result = resolve(normalizedImageName(written));
  if (memo.size < 1000) memo.set(written, result);
  return result;
}

function resolve(name: ImageName): Resolved {
  const text = imageNameText(name);
  const host = name.repository.split("/")[0] ?? "";
  if (!REGISTRIES.has(host) && !host.endsWith(".pkg.dev") && !host.endsWith(".azurecr.io") && !host.endsWith(".amazonaws.com"))
    return refusal(
      text,
      `failed to do request: Head "https://${host}/v2/${name.repository.slice(host.length + 1)}/manifests/${name.tag}": dial tcp: lookup ${host}: no such host`,
    );
  const found = byRepository.get(name.repository) ?? byRepository.get(name.repository.replace(/^k8s\.gcr\.io\//, "registry.k8s.io/"));
  if (found) return name.tag === "" || found.tags.test(name.tag) ? { image: found, known: true, text } : refusal(text, `${text}: not found`);
  if (IMPOSSIBLE.test(name.repository) || IMPOSSIBLE.test(name.tag)) {
    if (host !== "docker.io") return refusal(text, `${text}: not found`);
    return refusal(
      text,
      "pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
    );
  }
  if (host === "docker.io" && name.repository.startsWith("docker.io/library/") && !KNOWN_OFFICIAL.test(name.repository))
    return refusal(
      text,
      "pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
    );
  return { image: standIn(name.repository), known: false, text };
}

/** Official images without a model of their own; other short names do not exist on docker.io. */
const KNOWN_OFFICIAL =
  /\/(adminer|amazonlinux|arangodb|bash|caddy|cassandra|centos|consul|couchdb|elasticsearch|fedora|fluentd|ghost|golang|gradle|grafana|haproxy|hello-world|influxdb|java|jenkins|joomla|kibana|kong|logstash|mariadb|maven|nats|neo4j|nextcloud|node|openjdk|perl|php|python|rabbitmq|ruby|rust|solr|sonarqube|tomcat|traefik|varnish|vault|wordpress|zookeeper|eclipse-temurin|rockylinux|registry|drupal|phpmyadmin|rethinkdb|telegraf|alpine-curl|docker|kafka|mysql|nginx)$/;
