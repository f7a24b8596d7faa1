/** `/directory/people`, `/directory/people/:userId`. */
import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query } from "@nestjs/common";
import {
  personEntriesSchema,
  type PersonEntry,
  personEntrySchema,
  type EntriesQuery,
  entriesQuerySchema,
  type PutPerson,
  putPersonSchema,
} from "@livekit-replay/contract";
import { Asking } from "../../auth/access.js";
import { basePath } from "../../auth/rules.js";
import type { Viewer } from "../../auth/viewer.js";
import { Answers, InPath } from "../../platform/document.js";
import type { Page } from "../../platform/page.js";
import { UserRemoval } from "../../removals/user.js";
import { DirectoryEditor } from "./editor.js";
import { personKind } from "./kinds.js";
import { type UserParams, userParams } from "./params.js";

/** Routes of people. */
@Controller(`${basePath}/directory/people`)
export class PeopleController {
  readonly #editor: DirectoryEditor;
  readonly #removal: UserRemoval;

  constructor(editor: DirectoryEditor, removal: UserRemoval) {
    this.#editor = editor;
    this.#removal = removal;
  }

  @Get()
  @Answers(200, personEntriesSchema, "People of the built-in directory, by name", {
    id: "listDirectoryPeople",
    refuses: ["directory_of_host"],
  })
  list(@Query({ schema: entriesQuerySchema }) query: EntriesQuery): Promise<Page<PersonEntry>> {
    return this.#editor.list(personKind, null, query);
  }

  @Get(":userId")
  @InPath("userId")
  @Answers(200, personEntrySchema, "One person", {
    id: "getDirectoryPerson",
    refuses: ["invalid_request", "user_not_found", "directory_of_host"],
  })
  get(@Param({ schema: userParams }) params: UserParams): Promise<PersonEntry> {
    return this.#editor.find(personKind, { communityId: null, id: params.userId });
  }

  @Put(":userId")
  @InPath("userId")
  @Answers(200, personEntrySchema, "Write a user's name and whether they are instance admin. Idempotent", {
    id: "putDirectoryPerson",
    refuses: ["directory_of_host"],
  })
  put(
    @Param({ schema: userParams }) params: UserParams,
    @Body({ schema: putPersonSchema }) body: PutPerson,
    @Asking() { caller }: Viewer,
  ): Promise<PersonEntry> {
    return this.#editor.putPerson(caller, params.userId, body);
  }

  @Delete(":userId")
  @HttpCode(204)
  @InPath("userId")
  @Answers(204, null, "Remove a user with everything that is theirs: sessions, buffers, clips, places in communities", {
    id: "removeDirectoryPerson",
    refuses: ["user_not_found", "directory_of_host", "not_ready"],
  })
  async remove(@Param({ schema: userParams }) params: UserParams, @Asking() { caller }: Viewer): Promise<void> {
    await this.#editor.find(personKind, { communityId: null, id: params.userId });
    await this.#removal.remove(caller, params.userId);
  }
}
