/** The administration: an instance admin makes a community and looks after it all; who looks after one community sees that one; anybody else nothing. */
import type { Locator, Page, Request } from "@playwright/test";
import { Api, loadFilm, SMALL_FILM, type ServerProcess, WhipPublisher } from "@livekit-replay/peers";
import { check } from "../page/axe.js";
import { expectFits } from "../page/fit.js";
import { anotherPerson, expect, signIn, test } from "../page/people.js";

/** Bob shares in the lobby, without a browser. */
const shareAsBob = async (server: ServerProcess): Promise<WhipPublisher> => {
  const { token, whipUrl } = await Api.signIn(server.url, "bob").then((api) => ({ token: api.token, whipUrl: api.whipUrl("lobby") }));
  return WhipPublisher.publish({ url: whipUrl, token, film: await loadFilm(SMALL_FILM) });
};

/** A toast is a dialog too, to a browser. */
const dialog = (page: Page): Locator => page.locator(".dialog");

const say = async (page: Page, words: string | RegExp): Promise<void> => {
  await expect(dialog(page)).toHaveCount(0);
  await expect(page.getByText(words).first()).toBeVisible();
};

/** A part of the community is opened, and something with a name added. */
const add = async (page: Page, part: string, button: string, name: string): Promise<void> => {
  await page.getByRole("tab", { name: part }).click();
  await page.getByRole("button", { name: button }).click();
  await dialog(page).getByRole("textbox", { name: "Name", exact: true }).fill(name);
  await page.keyboard.press("Enter");
  await say(page, new RegExp(`^“#?${name}” is created`));
  await expect(page.getByRole("row").filter({ hasText: name })).toBeVisible();
};

const makeCommunity = async (page: Page): Promise<void> => {
  await page.getByRole("button", { name: "New community" }).click();
  // What the contract does not take is said beside its field, and nothing is sent.
  await dialog(page).getByRole("button", { name: "Create" }).click();
  await expect(dialog(page).getByText("must not be empty")).toHaveCount(2);
  await page.keyboard.type("Games");
  await expect(dialog(page).getByRole("textbox", { name: "Id" })).toHaveValue("games");
  await page.keyboard.press("Enter");
  await say(page, "“Games” is created");
  // Adding never writes over what is there.
  await page.getByRole("button", { name: "New community" }).click();
  await page.keyboard.type("Games");
  await page.keyboard.press("Enter");
  await expect(dialog(page).getByText(/There is a community with the id “games” already/)).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("grid").getByRole("link", { name: "Games" }).click();
  await add(page, "Rooms", "New room", "Arena");
  await expect(page.getByRole("navigation", { name: "Main menu" }).getByRole("link", { name: "Arena" })).toBeVisible();
  await add(page, "Channels", "New channel", "best");
};

const makeKeeper = async (page: Page): Promise<void> => {
  await page.getByRole("tab", { name: "Roles" }).click();
  await page.getByRole("button", { name: "New role" }).click();
  await dialog(page).getByRole("textbox").fill("keeper");
  await dialog(page)
    .getByRole("checkbox", { name: /^Look after replay/ })
    .check({ force: true });
  await check(page, "new role");
  await dialog(page).getByRole("button", { name: "Create" }).click();
  await say(page, "“keeper” is created");
  await page.getByRole("tab", { name: "Members" }).click();
  await page.getByRole("button", { name: "Add member" }).click();
  await dialog(page).getByRole("textbox").fill("bob");
  await dialog(page)
    .getByRole("checkbox", { name: /^keeper/ })
    .check({ force: true });
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await say(page, "bob is a member");
  await expect(page.getByRole("row", { name: "Bob" })).toContainText("keeper");
};

const setLimits = async (page: Page): Promise<void> => {
  await page.getByRole("tab", { name: "Limits" }).click();
  await page.getByRole("textbox", { name: "Sessions at once" }).fill("3");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status").filter({ hasText: "Saved" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Back to the default (5)" })).toBeVisible();
  await page.getByRole("link", { name: "Storage" }).click();
  await page.getByRole("button", { name: "Limit by user id…" }).click();
  await dialog(page).getByRole("textbox").fill("bob");
  await page.keyboard.press("Enter");
  await dialog(page).getByText("A limit of their own").click();
  await dialog(page)
    .getByRole("textbox", { name: /Gigabytes/ })
    .fill("7");
  await dialog(page).getByRole("button", { name: "Save" }).click();
  await say(page, "Saved");
};

const stopBob = async (page: Page): Promise<void> => {
  await page.getByRole("link", { name: "Sessions" }).click();
  const row = page.getByRole("row", { name: "Bob" });
  await expect(row).toContainText("Recording");
  await row.getByRole("button", { name: "Stop the session of Bob in Lobby" }).click();
  await expect(dialog(page)).toContainText("can still be captured for 15 minutes");
  await check(page, "stop a session");
  await dialog(page).getByRole("button", { name: "Stop" }).click();
  await say(page, "The session of Bob is stopped");
  await expect(row).toContainText("Can be captured until");
};

const readLog = async (page: Page): Promise<void> => {
  await page.getByRole("link", { name: "Audit log" }).click();
  const log = page.getByRole("listitem");
  for (const sentence of [
    "Alice stopped the session of bob in Lobby",
    "Alice set the limit of bob to 7 GB",
    "Alice changed the limits of Games",
    "Alice added bob to Games",
    "Alice created the role “keeper” in Games",
    "Alice added the channel #best to Games",
    "Alice created the community “Games”",
  ])
    await expect(log.filter({ hasText: sentence }).first()).toBeVisible();
  await page.getByRole("button", { name: /What$/ }).click();
  await page.getByRole("option", { name: "Sessions" }).click();
  await expect(page.locator(".admin-entry")).toHaveCount(1);
  await page.getByRole("link", { name: "Store check" }).click();
  await page.getByRole("button", { name: "Check now" }).click();
  await expect(page.getByRole("heading", { name: "All is well" })).toBeVisible();
};

/** Every view in a made-up language, from right to left: it has room on a desk and on a phone, and axe finds nothing. */
const lookAtAll = async (page: Page, server: ServerProcess): Promise<void> => {
  await page.goto(`${server.url}/admin/communities?pseudo=rtl`);
  for (const path of ["communities/games/roles", "communities/games/members", "communities/games/limits"]) {
    await page.evaluate((to) => history.pushState(null, "", to), `/admin/${path}`);
    await page.locator(".admin-tab-panel :is([role=grid], .admin-settings)").waitFor();
    await expectFits(page, path);
    if (path !== "communities/games/roles") await check(page, path);
  }
  for (const section of ["communities", "people", "usage", "sessions", "log", "store"]) {
    await page.locator(`.admin-ways a[href="/admin/${section}"]`).click();
    await page.locator(":is([role=grid], .admin-log, .admin-buttons, .nothing)").first().waitFor();
    await expectFits(page, section);
    // That list is like those before.
    if (section !== "communities") await check(page, section);
  }
};

/** What a page asks the server's administration for. */
const asked = (page: Page): string[] => {
  const paths: string[] = [];
  page.on("request", (request: Request) => {
    const { pathname, search } = new URL(request.url());
    if (/^\/livekit-replay\/(admin|directory)\b/.test(pathname)) paths.push(`${pathname.slice("/livekit-replay".length)}${search}`);
  });
  return paths;
};

test(
  "an admin makes a community, sets limits, stops a session, and reads of it; who looks after one community sees that one alone",
  { tag: "@long" },
  async ({ page, server, browser }) => {
    test.setTimeout(180_000);
    const publisher = await shareAsBob(server);
    try {
      await signIn(page, server, "Alice");
      await page.getByRole("link", { name: "Administration" }).click();
      await makeCommunity(page);
      await makeKeeper(page);
      await setLimits(page);
      await stopBob(page);
      await readLog(page);
      await lookAtAll(page, server);
    } finally {
      await publisher.close();
    }

    const bob = await anotherPerson(browser, server, "Bob");
    const paths = asked(bob);
    await bob.getByRole("link", { name: "Administration" }).click();
    await expect(bob.getByRole("heading", { level: 1, name: "Games" })).toBeVisible();
    await expect(bob.getByRole("tab")).toHaveText(["Limits", "Sessions"]);
    await expect(bob.getByRole("textbox", { name: "Sessions at once" })).toHaveValue("3");
    await bob.getByRole("tab", { name: "Sessions" }).click();
    await expect(bob.getByRole("heading", { name: "Nobody is recorded now" })).toBeVisible();
    for (const path of ["communities/demo/limits", "communities/games/members", "log", "people"]) {
      await bob.goto(`${server.url}/admin/${path}`);
      await expect(bob.getByRole("heading", { name: /There is (no such community here|nothing at this address)/ })).toBeVisible();
    }
    expect(paths.map((path) => path.replace(/page=.*?&pageSize=.*?&/, "")).filter((path, at, all) => all.indexOf(path) === at)).toEqual([
      "/admin/community/games/config",
      "/admin/sessions?communityId=games",
    ]);
    await bob.context().close();

    const carol = await anotherPerson(browser, server, "Carol");
    const nothing = asked(carol);
    await expect(carol.getByRole("link", { name: "Administration" })).toHaveCount(0);
    await carol.goto(`${server.url}/admin/communities/games/limits`);
    await expect(carol.getByRole("heading", { name: "There is nothing here that you look after" })).toBeVisible();
    expect(nothing).toEqual([]);
    await carol.context().close();
  },
);
