/** The repository's own lint rules, loaded by .oxlintrc.json under the name `replay`. */
import { documented, fileComment, fileName } from "./documented.mjs";
import { caseLength, noModuleMocks, noSleep } from "./tests.mjs";
import { domainErrors, walls } from "./walls.mjs";

/** The plugin, in the shape that the linter loads. */
export default {
  meta: { name: "replay" },
  rules: {
    walls,
    "domain-errors": domainErrors,
    documented,
    "file-comment": fileComment,
    "file-name": fileName,
    "no-sleep": noSleep,
    "no-module-mocks": noModuleMocks,
    "case-length": caseLength,
  },
};
