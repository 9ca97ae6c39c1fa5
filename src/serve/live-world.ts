/** A world that plays at the pace of the real clock and hands the gateway's rows to whoever waits for them. */
import type { ApiRequest } from "../kube/apiserver/door";
import { createTimeline, type Timeline } from "../sim/timeline";
import type { Message } from "../sim/types";
import { createWorld } from "../world/world";
import { gatewayActor, type GatewayPiece, gatewayPieces, pieceKey } from "./gateway";

export type PieceListener = (piece: GatewayPiece) => void;

const TICK_MS = 5;
const BUDGET_MS = 20;

export class LiveWorld {
  readonly timeline: Timeline;
  private readonly speed: number;
  private readonly waiting = new Map<number, { readonly listener: PieceListener; next: number }>();
  private nextCall = 1;
  private timer: ReturnType<typeof setInterval> | undefined;
  private last = 0;

  constructor(options: { readonly nodes: number; readonly seed: number; readonly speed: number }) {
    const world = createWorld({ seed: options.seed, profile: "real", nodes: options.nodes, controlPlane: true, kubeSystem: true });
    this.timeline = createTimeline({ seed: options.seed, profile: "real", actors: [...world.actors, gatewayActor] });
    for (const input of world.inputs) this.timeline.submit(input, input.at);
    this.speed = options.speed;
  }

  start(): void {
    this.timeline.seek(30e6);
    this.last = performance.now();
    this.timer = setInterval(() => this.tick(), TICK_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  call(request: ApiRequest, listener: PieceListener): number {
    const call = this.nextCall++;
    this.waiting.set(call, { listener, next: 0 });
    this.submit({ type: "gateway.call", call, request } as Message);
    return call;
  }

  close(call: number): void {
    if (!this.waiting.delete(call)) return;
    this.submit({ type: "gateway.close", call } as Message);
  }

  private submit(message: Message): void {
    this.timeline.submit({ to: "gateway/main", message });
  }

  private tick(): void {
    const start = performance.now();
    const target = this.timeline.now + Math.round(Math.min(start - this.last, 1000) * 1000 * this.speed);
    this.last = start;
    while (!this.timeline.seek(target, 200) && performance.now() - start < BUDGET_MS);
    this.deliver();
  }

  private deliver(): void {
    const pieces = this.timeline.table(gatewayPieces);
    for (const [call, waiter] of this.waiting) {
      for (let piece = pieces.get(pieceKey(call, waiter.next)); piece !== undefined; piece = pieces.get(pieceKey(call, ++waiter.next))) {
        if (piece.done) this.waiting.delete(call);
        waiter.listener(piece);
      }
    }
  }
}
