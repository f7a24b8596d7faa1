/** Pictures of what only the owner of a share decides, and of what others see of it. */
import type { Page } from "@playwright/test";
import { Api } from "@livekit-replay/peers";

/** Takes one view in every size and theme. */
export type Take = (page: Page, name: string) => Promise<void>;

/** `bob` shares a tab in the lobby; `alice` looks at the lobby. */
export const takeSharer = async (bob: Page, alice: Page, url: string, take: Take): Promise<void> => {
  const api = await Api.signIn(url, "alice");
  const session = (await api.status("lobby")).sessions.find(({ owner, state }) => owner.userId === "bob" && state === "active");
  await api.capture({ sessionId: session?.id ?? "", durationSeconds: 5 });
  await bob.getByRole("button", { name: /clip that somebody made of this share/ }).click();
  await take(bob, "sharer-clips");
  await bob.getByRole("button", { name: /^Withdraw / }).click();
  await take(bob, "sharer-withdraw");
  await bob.getByRole("button", { name: "Keep it" }).click();
  await bob.getByRole("button", { name: "Pause buffer" }).click();
  await bob.getByText(/^You have paused the buffer/).waitFor();
  await take(bob, "sharer-paused");
  await alice.getByText(/^Bob has paused the buffer/).waitFor();
  await take(alice, "sharer-paused-other");
  await bob.getByRole("button", { name: "Resume buffer" }).click();
  await bob.getByText(/^You have paused the buffer/).waitFor({ state: "hidden" });
  await bob.getByRole("button", { name: "Forget…" }).click();
  await bob.getByRole("radio", { name: "Everything since a moment" }).check({ force: true });
  await take(bob, "sharer-forget");
  await bob.getByRole("button", { name: "Delete now" }).click();
  await bob.getByRole("dialog", { name: "Forgotten" }).waitFor();
  await take(bob, "sharer-forgotten");
  await bob.getByRole("button", { name: "Close" }).click();
};
