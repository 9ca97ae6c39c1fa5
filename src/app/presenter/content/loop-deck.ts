/** A deck to try the presenter with. */
import { type SessionInput, sessionOf } from "../../../session/types";
import type { Deck, Slide } from "../deck";

const typed = (at: number, line: string): SessionInput => ({ at, to: "terminal/1", message: { type: "terminal.type", line } });
const CONFIG = { seed: 7, profile: "teaching", nodes: 3, controlPlane: false, kubeSystem: false } as const;
const world = (...lines: readonly string[]): Slide["fixture"] =>
  sessionOf(
    CONFIG,
    lines.map((line, i) => typed((2 + i) * 1_000_000, line)),
    20_000_000,
  );

export const loopDeck: Deck = {
  id: "loop",
  title: { en: "The loop", ko: "루프" },
  slides: [
    {
      title: { en: "Controllers give no orders. They close gaps.", ko: "컨트롤러는 명령하지 않는다. 차이를 줄일 뿐이다." },
      notes: { en: "Ask: who starts the new Pod?", ko: "질문: 새 파드는 누가 시작하는가?" },
      question: { en: "One of three Pods is deleted. What then?", ko: "파드 셋 중 하나를 지웠다. 무슨 일이 일어나는가?" },
      answer: { en: "A new Pod with a new name appears.", ko: "새 이름의 새 파드가 나타난다." },
      fixture: world("kubectl create deployment web --image=nginx --replicas=3"),
      beats: [{ commands: ["kubectl delete pod -l app=web --wait=false"], strokes: 1 }, { run: 5_000_000 }, { answer: true }],
    },
    {
      title: { en: "A rolling update is two loops sharing one budget", ko: "롤링 업데이트는 예산 하나를 나눠 쓰는 두 루프다" },
      notes: { en: "Count floor and ceiling before pressing on.", ko: "넘기기 전에 바닥과 천장을 세게 한다." },
      fixture: world("kubectl create deployment web --image=nginx:1.27 --replicas=4"),
      beats: [{ commands: ["kubectl set image deployment/web nginx=nginx:1.28"], play: 1 }, { play: 0 }],
    },
  ],
};
