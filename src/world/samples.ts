/** Manifests that lie in every fresh workspace, under `samples/`. */
export const SAMPLES: Readonly<Record<string, string>> = {
  "samples/web/deployment.yaml": `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels:
    app: web
spec:
  replicas: 3
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
      - name: web
        image: strata/web:1.4
        ports:
        - name: http
          containerPort: 8080
        env:
        - name: MESSAGE
          valueFrom:
            configMapKeyRef:
              name: web
              key: greeting
        resources:
          requests:
            cpu: 250m
            memory: 128Mi
          limits:
            memory: 256Mi
        readinessProbe:
          httpGet:
            path: /healthz
            port: http
          periodSeconds: 2
`,
  "samples/web/service.yaml": `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:
    app: web
  ports:
  - port: 80
    targetPort: http
`,
  "samples/web/config.yaml": `apiVersion: v1
kind: ConfigMap
metadata:
  name: web
data:
  greeting: hello
`,
  "samples/client.yaml": `apiVersion: v1
kind: Pod
metadata:
  name: client
spec:
  containers:
  - name: client
    image: strata/client:1
    env:
    - name: TARGET
      value: http://web
    - name: RATE
      value: "2"
`,
  "samples/sidecar.yaml": `apiVersion: v1
kind: Pod
metadata:
  name: site
spec:
  volumes:
  - name: content
    emptyDir: {}
  initContainers:
  - name: sync
    image: registry.k8s.io/git-sync/git-sync:v4.4.0
    restartPolicy: Always
    args: ["--repo=https://example.com/site", "--root=/content"]
    volumeMounts:
    - name: content
      mountPath: /content
  containers:
  - name: httpd
    image: httpd:2.4
    ports:
    - containerPort: 80
    volumeMounts:
    - name: content
      mountPath: /usr/local/apache2/htdocs
`,
  "samples/spread.yaml": `apiVersion: apps/v1
kind: Deployment
metadata:
  name: spread
spec:
  replicas: 4
  selector:
    matchLabels:
      app: spread
  template:
    metadata:
      labels:
        app: spread
    spec:
      affinity:
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
          - topologyKey: kubernetes.io/hostname
            labelSelector:
              matchLabels:
                app: spread
      containers:
      - name: cache
        image: redis:7.4
        ports:
        - containerPort: 6379
`,
  "samples/crash.yaml": `apiVersion: v1
kind: Pod
metadata:
  name: crash
spec:
  containers:
  - name: crash
    image: busybox:1.37
    command: ["sh", "-c", "echo going down; sleep 3; exit 1"]
`,
};
