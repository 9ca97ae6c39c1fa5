/** Where the page begins: language and theme first, then the shell. */
import "./styles/fonts.ts";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/touch.css";
import { createRoot } from "react-dom/client";
import { startLanguage } from "../locales/i18n";
import { App } from "./app";
import { offerUpdates } from "./offline";
import { followTheme, useUi } from "./store";

followTheme();
await startLanguage(useUi.getState().language);
const root = document.getElementById("root");
if (root !== null) createRoot(root).render(<App />);
offerUpdates();
