/** The page begins here: theme, words, client, components. */
import "./csp.js";
import "@livekit-replay/react/styles.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/ui.css";
import "./styles/layout.css";
import "./styles/rooms.css";
import "./styles/clips.css";
import "./styles/capture.css";
import { I18nProvider } from "@lingui/react";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { AccountContext } from "./account/context.js";
import { AccountStore } from "./account/store.js";
import { App } from "./app.js";
import { beginTheme } from "./layout/theme.js";
import { beginLanguage } from "./texts/language.js";
import { catalogue } from "./texts/say.js";

beginTheme();
await beginLanguage();

const place = document.getElementById("app");
if (place === null) throw new TypeError("index.html must have an element with the id app");

const accounts = new AccountStore(`${location.origin}/livekit-replay`);

createRoot(place).render(
  <StrictMode>
    <I18nProvider i18n={catalogue}>
      <AccountContext value={accounts}>
        <App />
      </AccountContext>
    </I18nProvider>
  </StrictMode>,
);
