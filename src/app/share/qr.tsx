/** A link as a picture that a phone can read. Longer links than a code can hold give none. */
import qrcode from "qrcode-generator";
import { type ReactNode, useMemo } from "react";
import { useT } from "../../locales/i18n";

/** Bytes of the largest code at the lowest correction. */
const MOST = 2900;

export function QrCode({ text }: { readonly text: string }): ReactNode {
  const t = useT();
  const drawn = useMemo(() => {
    if (text.length > MOST) return undefined;
    const code = qrcode(0, "L");
    code.addData(text, "Byte");
    code.make();
    const count = code.getModuleCount();
    let path = "";
    for (let row = 0; row < count; row++)
      for (let column = 0; column < count; column++) if (code.isDark(row, column)) path += `M${column} ${row}h1v1h-1z`;
    return { count, path };
  }, [text]);
  if (drawn === undefined) return <p className="hint">{t("app.share.noQr")}</p>;
  return (
    <svg className="qr" viewBox={`0 0 ${drawn.count} ${drawn.count}`} role="img" aria-label={t("app.share.qr")} shapeRendering="crispEdges">
      <path d={drawn.path} fill="#000" />
    </svg>
  );
}
