/** Pictures of the administration, for an instance admin and for who looks after one community. */
import type { Browser, Page } from "@playwright/test";
import { ReplayClient } from "@livekit-replay/client";
import { Api } from "@livekit-replay/peers";
import type { Take } from "./shots-sharer.ts";

/** Something to look after, besides the demo. */
const makeGames = async ({ directory, communities, admin }: ReplayClient): Promise<void> => {
  await directory.communities.put("games", { name: "Games" });
  await directory.rooms("games").put("arena", { title: "Arena" });
  await directory.rooms("games").put("practice", { title: "Practice" });
  await directory.channels("games").put("best-of", { name: "best-of" });
  const roles = directory.roles("games");
  await roles.put("player", { permissions: ["ENABLE_REPLAY_BUFFER", "CAPTURE_REPLAY", "VIEW_CHANNEL", "SEND_MESSAGES"] });
  await roles.put("keeper", { permissions: ["VIEW_CHANNEL", "MANAGE_CHANNEL", "MANAGE_REPLAY_LIMITS"] });
  await directory.people.put("erin", { name: "Erin" });
  const members = directory.members("games");
  await members.put("erin", { roles: ["player", "coach"] });
  await members.put("dave", { roles: ["player"] });
  await members.put("carol", { roles: ["keeper"] });
  await communities.edit("games", { maxConcurrent: 3, whoMayCapture: "owner" });
  await admin.editQuota("bob", { limitBytes: 7e9 });
};

const enter = async (browser: Browser, url: string, name: string, path: string): Promise<Page> => {
  const page = await (await browser.newContext()).newPage();
  await page.goto(url);
  await page.getByRole("button", { name: new RegExp(`^${name}`) }).click();
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.goto(`${url}${path}`);
  return page;
};

const takeCommunity = async (page: Page, take: Take): Promise<void> => {
  await page.getByRole("grid").waitFor();
  await take(page, "admin-communities");
  await page.getByRole("button", { name: "New community" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Café Zürich");
  await take(page, "admin-community-new");
  await page.getByRole("textbox", { name: "Name" }).fill("");
  await page.getByRole("button", { name: "Create" }).click();
  await take(page, "admin-community-wrong");
  await page.keyboard.press("Escape");
  await page.getByRole("grid").getByRole("link", { name: "Games" }).click();
  for (const part of ["Rooms", "Channels", "Roles", "Members"]) {
    await page.getByRole("tab", { name: part }).click();
    await page.getByRole("grid", { name: part }).waitFor();
    await take(page, `admin-${part.toLowerCase()}`);
  }
  await page.getByRole("button", { name: "Add member" }).click();
  await page.getByRole("checkbox").first().waitFor();
  await take(page, "admin-member-new");
  await page.keyboard.press("Escape");
  await page.getByRole("tab", { name: "Roles" }).click();
  await page.getByRole("button", { name: "New role" }).click();
  await take(page, "admin-role-new");
  await page.keyboard.press("Escape");
  await page.getByRole("tab", { name: "Limits" }).click();
  await page.getByRole("switch").first().waitFor();
  await take(page, "admin-limits");
  await page.getByRole("tab", { name: "Sessions" }).click();
  await page.getByRole("heading", { name: "Nobody is recorded now" }).waitFor();
  await take(page, "admin-sessions-none");
  await page.getByRole("main").getByRole("button", { name: "More for Games" }).click();
  await page.getByRole("menuitem", { name: "Remove…" }).click();
  await page.getByRole("alertdialog").waitFor();
  await take(page, "admin-community-remove");
  await page.keyboard.press("Escape");
};

const takeServer = async (page: Page, take: Take): Promise<void> => {
  const open = (section: string): Promise<void> =>
    page.getByRole("navigation", { name: "Administration" }).getByRole("link", { name: section }).click();
  await open("People");
  await page.getByRole("grid").waitFor();
  await take(page, "admin-people");
  await page.getByRole("button", { name: "More for Erin" }).click();
  await page.getByRole("menuitem", { name: "Remove user…" }).click();
  await page.getByRole("alertdialog").waitFor();
  await take(page, "admin-user-remove");
  await page.keyboard.press("Escape");
  await open("Storage");
  await page.getByRole("button", { name: "Change limit of Bob" }).waitFor();
  await take(page, "admin-usage");
  await page.getByRole("button", { name: "Change limit of Bob" }).click();
  await take(page, "admin-limit");
  await page.keyboard.press("Escape");
  await open("Sessions");
  await page.getByRole("button", { name: /^Stop the session of Alice/ }).waitFor();
  await take(page, "admin-sessions");
  await page.getByRole("button", { name: /^Stop the session of Alice/ }).click();
  await take(page, "admin-session-stop");
  await page.keyboard.press("Escape");
  await open("Audit log");
  await page.locator(".admin-entry").first().waitFor();
  await take(page, "admin-log");
  await page.getByRole("button", { name: /What$/ }).click();
  await take(page, "admin-log-kinds");
  await page.keyboard.press("Escape");
  await open("Store check");
  await page.getByRole("button", { name: "Check now" }).click();
  await page.locator(".admin-result").waitFor();
  await take(page, "admin-store");
};

/** While Alice, who is an instance admin, shares in the lobby. Everything that it makes is taken away again. */
export const takeAdmin = async (browser: Browser, url: string, take: Take): Promise<void> => {
  const { token } = await Api.signIn(url, "alice");
  const client = new ReplayClient({ baseUrl: `${url}/livekit-replay`, getToken: () => token });
  await makeGames(client);
  const alice = await enter(browser, url, "Alice", "/admin/communities");
  await takeCommunity(alice, take);
  await takeServer(alice, take);
  await alice.context().close();
  const carol = await enter(browser, url, "Carol", "/admin");
  await carol.getByRole("switch").first().waitFor();
  await take(carol, "admin-keeper");
  await carol.goto(`${url}/admin/log`);
  await carol.getByRole("heading", { name: "There is nothing at this address" }).waitFor();
  await carol.context().close();
  const bob = await enter(browser, url, "Bob", "/admin");
  await bob.getByRole("heading", { name: "There is nothing here that you look after" }).waitFor();
  await take(bob, "admin-not");
  await bob.context().close();
  await client.directory.communities.remove("games");
  await client.directory.people.remove("erin");
  await client.admin.editQuota("bob", { limitBytes: null });
};
