/** A page of text under the common bar: instructors, settings, the lessons of a stratum. */
import type { ReactNode } from "react";
import { Brand } from "../glyphs/core";
import { LanguageSwitch, ThemeButton } from "./switches";
import { useTitle } from "./title";
import "./plain-page.css";

interface PlainPageProps {
  readonly title: string;
  readonly crumb?: string;
  readonly children: ReactNode;
}

export function PlainPage({ title, crumb, children }: PlainPageProps): ReactNode {
  useTitle(title);
  return (
    <div className="plain">
      <header className="top">
        <a className="brand" href="#/">
          <Brand />
          Strata
        </a>
        <span className="sl" aria-hidden="true">
          /
        </span>
        <div className="crumb">
          {crumb !== undefined && (
            <>
              <a href="#/">{crumb}</a>
              <span className="sl" aria-hidden="true">
                /
              </span>
            </>
          )}
          <b>{title}</b>
        </div>
        <span className="sp" />
        <ThemeButton />
        <LanguageSwitch />
      </header>
      <main className="plain-main">
        <article>
          <h1>{title}</h1>
          {children}
        </article>
      </main>
    </div>
  );
}
