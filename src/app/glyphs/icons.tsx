/** Signs of 16 px, drawn with one 1.5 px line. Decoration only: the button that holds one has its own name. */
import type { ReactNode } from "react";

interface IconProps {
  readonly size?: number;
}

function stroked(d: string, extra?: ReactNode): (props: IconProps) => ReactNode {
  return ({ size = 16 }) => (
    <svg
      className="ic"
      viewBox="0 0 16 16"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth={1.5}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={d} />
      {extra}
    </svg>
  );
}

function filled(d: string): (props: IconProps) => ReactNode {
  return ({ size = 16 }) => (
    <svg className="ic" viewBox="0 0 16 16" width={size} height={size} aria-hidden="true">
      <path d={d} fill="currentColor" />
    </svg>
  );
}

export const PlayIcon = filled("M4 2.6v10.8L13 8z");
export const PauseIcon = filled("M4 3h3v10H4zM9.5 3h3v10h-3z");
export const StepForwardIcon = filled("M3.4 3v10L10 8zM11 3h2v10h-2z");
export const StepBackIcon = filled("M12.6 3v10L6 8zM3 3h2v10H3z");
export const BranchIcon = stroked(
  "M4 3v10M4 9.5c0-3 7-1.5 7-5",
  <>
    <circle cx="4" cy="13" r="1.4" fill="currentColor" stroke="none" />
    <circle cx="11" cy="3.6" r="1.6" />
  </>,
);
export const CheckIcon = stroked("M3 8.5l3.2 3.2L13 4.8");
export const CrossIcon = stroked("M4 4l8 8M12 4l-8 8");
export const DownIcon = stroked("M8 3v10M4 9l4 4 4-4");
export const RightIcon = stroked("M3 8h10M9 4l4 4-4 4");
export const LeftIcon = stroked("M13 8H3M7 4L3 8l4 4");
export const ThemeIcon = stroked(
  "M8 1.8v1.4M8 12.8v1.4M1.8 8h1.4M12.8 8h1.4M3.6 3.6l1 1M11.4 11.4l1 1M12.4 3.6l-1 1M4.6 11.4l-1 1",
  <circle cx="8" cy="8" r="2.8" />,
);
export const PresentIcon = stroked("M1.8 3h12.4v8H1.8zM8 11v3M5.5 14h5");
export const LinkIcon = stroked("M6.5 9.5l3-3M7.5 4.8l1.3-1.3a2.6 2.6 0 013.7 3.7l-1.3 1.3M8.5 11.2l-1.3 1.3a2.6 2.6 0 01-3.7-3.7l1.3-1.3");
export const TargetIcon = stroked("M8 1.5v3M8 11.5v3M1.5 8h3M11.5 8h3", <circle cx="8" cy="8" r="3.6" />);
export const MenuIcon = stroked("M2.5 4.5h11M2.5 8h11M2.5 11.5h11");
export const PenIcon = stroked("M3 13l.7-3L11 2.7l2.3 2.3L6 12.3z");
export const BoltIcon = stroked("M9 1.8L3.6 9H8l-1 5.2L12.4 7H8z");
export const PlusIcon = stroked("M8 3v10M3 8h10");
export const FolderIcon = stroked("M1.8 12.8V3.4h4.4l1.6 1.8h6.4v7.6z");
