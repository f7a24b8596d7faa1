/** The check of the deploy files is content with them as they are, and finds each kind of mistake. */
import { beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../setup/place.mjs";
import { interpolations } from "./compose.mjs";
import { type Files, judgeDeployFiles, judgePages, readDeployFiles, readWorkspaces } from "./judge.mjs";
import { findUnknown, findUnknownMetrics, metricsOf } from "./variables.mjs";

let files: Files = {};
let workspaces: readonly string[] = [];

beforeAll(async () => {
  files = await readDeployFiles(ROOT);
  workspaces = await readWorkspaces(ROOT);
});

/** What is found once a piece of a file is another one. */
function after(file: string, from: string | RegExp, to: string): string {
  const text = files[file] ?? "";
  const changed = text.replace(from, to);
  expect(changed, "the change changes something").not.toBe(text);
  return judgeDeployFiles({ ...files, [file]: changed }, workspaces).join("\n");
}

describe("as they stand", () => {
  it("the files are right", () => {
    expect(judgeDeployFiles(files, workspaces)).toEqual([]);
  });

  it("the documentation names nothing that is not there", async () => {
    expect(await judgePages(ROOT, files)).toEqual([]);
  });
});

describe("finds", () => {
  it.each([
    ["compose.yaml", "      HOST: 0.0.0.0", "      HSOT: 0.0.0.0", "the configuration knows no HSOT"],
    ["compose.yaml", 'RTC_UDP_PORT: "7900"', 'RTC_UDP_PORT: "79000"', "RTC_UDP_PORT is"],
    ["compose.yaml", "${NODE_IP:?}", "${NODE_PI:?}", "NODE_PI is missing, which compose.yaml asks for"],
    ["compose.yaml", "mongo:8.0.29", "mongo:latest", "the image of mongodb has no exact version"],
    ["compose.yaml", "mongo:8.0.29", "mongo", "the image of mongodb has no exact version"],
    ["compose.yaml", "- storage:/out", "- stroage:/out", "the volume stroage is declared nowhere"],
    ["compose.yaml", "  queue: {}\n", "", "the volume queue is declared nowhere"],
    ["compose.yaml", "networks: [front, database]", "networks: [front]\n    netwroks: [database]", "backend.netwroks is not known here"],
    ["compose.yaml", "./livekit.yaml:", "./live.yaml:", "mounts ./live.yaml, which is not there"],
    ["compose.yaml", "      mongodb: { condition", "      mongo: { condition", "the service mongo is declared nowhere"],
    ["compose.yaml", "  backend:\n", "  backend:\n  backend:\n", "compose.yaml: Map keys must be unique"],
    ["compose.yaml", "${JWT_SECRET:?", "${JWT_SECRET:-", "JWT_SECRET: example.env and compose.yaml disagree on whether it is needed"],
    ["livekit.yaml", "rtc:", "rtc: [", "livekit.yaml: "],
    ["example.env", "#GRACE_MINUTES=15", "#GRACE_MINUTES=soon", "GRACE_MINUTES is"],
    ["example.env", "#GRACE_MINUTES=15\n", "", "GRACE_MINUTES is missing, which the configuration knows"],
    ["example.env", "#GRACE_MINUTES=15", "#GRACE_MINUTE=15", "GRACE_MINUTE is known to neither"],
    ["example.env", "#GRACE_MINUTES=15", "#PORT=80", "PORT has no effect"],
    ["example.env", "#GRACE_MINUTES=15", "#GRACE_MINUTES=15\n#GRACE_MINUTES=16", "GRACE_MINUTES is there twice"],
    ["example.env", "#GRACE_MINUTES=15", "GRACE_MINUTES 15", "is neither a variable nor a comment"],
    ["example.env", "JWT_SECRET=", "JWT_SECRET=change-me", "JWT_SECRET is needed, so it has no value"],
    ["example.env", "MONGO_PASSWORD=\n", "", "MONGO_PASSWORD is missing, which compose.yaml asks for"],
    ["Dockerfile", "COPY packages/media/package.json packages/media/\n", "", "stage build does not copy packages/media/package.json"],
    ["Dockerfile", "    PORT=3000", "    PROT=3000", "the configuration knows no PROT"],
    ["Dockerfile", "DATABASE_URL=sqlite:", "DATABASE_URL=file:", "Dockerfile: DATABASE_URL "],
  ])("in %s, %j as %j", (file, from, to, sentence) => {
    expect(after(file, from, to)).toContain(sentence);
  });

  it("a variable in a page that nothing knows, in a sentence and in a command", () => {
    const known = new Set(["GRACE_MINUTES"]);
    const page = ["`GRACE_MINUTES`, `GRACE_MINUTE=5`", "```sh", "GRACE_MINUTES=5 OTHER_NAME=6 TOKEN=x npm start", "echo $A_B", "```"].join(
      "\n",
    );
    expect(findUnknown("a.md", page, known)).toEqual([
      "a.md:1: nothing knows the variable GRACE_MINUTE",
      "a.md:3: nothing knows the variable OTHER_NAME",
    ]);
  });

  it("a metric in a page that the server does not have", () => {
    const known = new Set(metricsOf('metrics.count("segments_total", "Segments");\nmetrics.seconds(\n  "http_request_seconds",'));
    expect(
      findUnknownMetrics("a.md", "`replay_segments_total` replay_http_request_seconds_bucket{}\n`replay_segment_total`", known),
    ).toEqual(["a.md:2: the server has no metric replay_segment_total"]);
  });

  it("every form of a variable in compose.yaml, and none in its comments", () => {
    expect(interpolations('a: ${ONE:?why} $TWO "${THREE:-x}"\n  # ${FOUR}')).toEqual([
      { name: "ONE", required: true },
      { name: "TWO", required: false },
      { name: "THREE", required: false },
    ]);
  });
});
