/** Who may give the page a token. */
import type { HostMessage, PageMessage } from "@livekit-replay/contract";
import { afterEach, expect, test, vi } from "vitest";
import { HostWindow, type Message, type PageWindow } from "./host.js";

const CHAT = "https://chat.example";
const OTHER = "https://other.example";
const token = (text: string): HostMessage => ({ type: "replay:token", token: text });

const newWindow = () => {
  const got: [PageMessage, string][] = [];
  return { got, postMessage: (message: PageMessage, origin: string) => void got.push([message, origin]) };
};

const open: HostWindow[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

/** A page in a frame, whose server allows the chat. */
const begin = (change: Partial<PageWindow> = {}, origins: () => Promise<readonly string[]> = async () => [CHAT]) => {
  const self = newWindow();
  const parent = newWindow();
  const heard: HostMessage[] = [];
  let hear: ((message: Message) => void) | undefined;
  const page: PageWindow = {
    parent,
    opener: null,
    listen: (listener) => {
      hear = listener;
      return () => {
        hear = undefined;
      };
    },
    ...change,
  };
  const asked = vi.fn<() => Promise<readonly string[]>>(origins);
  const host = new HostWindow({ page, origins: asked, onMessage: (message) => heard.push(message) }, change.parent ?? self);
  open.push(host);
  return { host, parent, heard, asked, tell: (message: Message) => hear?.(message), isListening: () => hear !== undefined };
};

test("a page that nobody holds or opened hears nobody, and asks the server nothing", async () => {
  const top = newWindow();
  const { host, asked, isListening } = begin({ parent: top });
  host.ask("start");
  await Promise.resolve();
  expect(asked).not.toHaveBeenCalled();
  expect(isListening()).toBe(false);
  expect(top.got).toEqual([]);
  expect(host.there.get()).toBe(false);
  expect(host.isAlone).toBe(true);
});

test("a token of an allowed parent is taken, also one that came before the list of origins", async () => {
  const list = Promise.withResolvers<readonly string[]>();
  const { host, parent, heard, tell } = begin({}, () => list.promise);
  tell({ source: parent, origin: CHAT, data: token("early") });
  expect(heard).toEqual([]);
  list.resolve([CHAT]);
  await vi.waitFor(() => expect(heard).toEqual([token("early")]));
  tell({ source: parent, origin: CHAT, data: { type: "replay:sign-out" } });
  expect(heard).toHaveLength(2);
  expect(host.there.get()).toBe(true);
});

test.each<[string, (parent: unknown) => Message]>([
  ["another origin", (parent) => ({ source: parent, origin: OTHER, data: token("x") })],
  ["an origin that only begins like it", (parent) => ({ source: parent, origin: `${CHAT}.evil.example`, data: token("x") })],
  ["no origin (a sandboxed frame)", (parent) => ({ source: parent, origin: "null", data: token("x") })],
  ["another window of that origin", () => ({ source: newWindow(), origin: CHAT, data: token("x") })],
  ["no token", (parent) => ({ source: parent, origin: CHAT, data: { type: "replay:token" } })],
  ["a token that is too long", (parent) => ({ source: parent, origin: CHAT, data: token("x".repeat(9000)) })],
  ["something else", (parent) => ({ source: parent, origin: CHAT, data: "replay:token" })],
])("not heard: %s", async (_, message) => {
  const { host, parent, heard, tell } = begin();
  await vi.waitFor(() => expect(host.there.get()).toBe(true));
  tell(message(parent));
  expect(heard).toEqual([]);
});

test("is asked at the allowed origins only, and where it has spoken once, only there", async () => {
  const opener = newWindow();
  const { host, parent, tell } = begin({ opener }, async () => [CHAT, OTHER]);
  host.ask("start");
  await vi.waitFor(() => expect(parent.got.map(([, origin]) => origin)).toEqual([CHAT, OTHER]));
  expect(opener.got[0]).toEqual([{ type: "replay:token-wanted", reason: "start" }, CHAT]);
  tell({ source: opener, origin: OTHER, data: token("a") });
  host.ask("expiring");
  expect(parent.got).toHaveLength(2);
  expect(opener.got.at(-1)).toEqual([{ type: "replay:token-wanted", reason: "expiring" }, OTHER]);
});

test("a browser that tells who holds the page saves the others a message", async () => {
  const { host, parent } = begin({ ancestorOrigins: [OTHER] }, async () => [CHAT, OTHER]);
  host.ask("start");
  await vi.waitFor(() => expect(parent.got.map(([, origin]) => origin)).toEqual([OTHER]));
});

test("no allowed origin: nobody is there, nobody is asked", async () => {
  const { host, parent, asked } = begin({}, async () => []);
  host.ask("start");
  await vi.waitFor(() => expect(asked).toHaveBeenCalledOnce());
  await Promise.resolve();
  expect(parent.got).toEqual([]);
  expect(host.there.get()).toBe(false);
});

test("after its end it hears nothing", async () => {
  const { host, parent, heard, tell, isListening } = begin();
  await vi.waitFor(() => expect(host.there.get()).toBe(true));
  host.close();
  tell({ source: parent, origin: CHAT, data: token("late") });
  expect(heard).toEqual([]);
  expect(isListening()).toBe(false);
});
