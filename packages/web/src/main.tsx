/** The page begins here: theme, words, client, components. */
import "./csp.js";
import "@livekit-replay/react/styles.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/ui.css";
import "./styles/layout.css";
import "./styles/rooms.css";
import "./styles/clips.css";
import "./styles/library.css";
import "./styles/capture.css";
import "./styles/sharer.css";
import "./styles/strip.css";
import { I18nProvider } from "@lingui/react";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { takeFromAddress } from "./account/address.js";
import { AccountContext } from "./account/context.js";
import { pageWindow } from "./account/host.js";
import { AccountStore } from "./account/store.js";
import { App } from "./app.js";
import { beginTheme } from "./layout/theme.js";
import { beginLanguage } from "./texts/language.js";
import { catalogue } from "./texts/say.js";

beginTheme();
await beginLanguage();

const place = document.getElementById("app");
if (place === null) throw new TypeError("index.html must have an element with the id app");

const accounts = new AccountStore({
  baseUrl: `${location.origin}/livekit-replay`,
  page: pageWindow(),
  self: globalThis.window,
  storing: () => sessionStorage,
  token: takeFromAddress(location, history),
});
// The host application may open the same tab with another fragment: then nothing is loaded anew.
addEventListener("hashchange", () => {
  const token = takeFromAddress(location, history);
  if (token !== null) accounts.enter(token, "host");
});

createRoot(place).render(
  <StrictMode>
    <I18nProvider i18n={catalogue}>
      <AccountContext value={accounts}>
        <App />
      </AccountContext>
    </I18nProvider>
  </StrictMode>,
);
