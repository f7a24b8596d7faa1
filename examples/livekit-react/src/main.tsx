/** The page begins here. The order of the style sheets matters: LiveKit's, livekit-replay's, and what makes them one. */
import "@livekit/components-styles";
import "@livekit-replay/react/styles.css";
import "./styles.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";

const place = document.getElementById("app");
if (place === null) throw new TypeError("index.html must have an element with the id app");

createRoot(place).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
