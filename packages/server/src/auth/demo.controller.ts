/** `GET /demo/people`, `POST /demo/sign-in`. */
import { Body, Controller, Get, HttpCode, Post } from "@nestjs/common";
import {
  demoPeopleSchema,
  type DemoPerson,
  demoSignInAnswerSchema,
  type DemoSignInAnswer,
  demoSignInSchema,
} from "@livekit-replay/contract";
import { Answers } from "../platform/document.js";
import { DemoSignIn } from "./demo.js";
import { basePath } from "./rules.js";

/** Routes of the demo; the guard hides them when it is off. */
@Controller(`${basePath}/demo`)
export class DemoController {
  readonly #demo: DemoSignIn;

  constructor(demo: DemoSignIn) {
    this.#demo = demo;
  }

  @Get("people")
  @Answers(200, demoPeopleSchema, "Who can be signed in as", { id: "listDemoPeople" })
  people(): { people: readonly DemoPerson[] } {
    return { people: this.#demo.people };
  }

  @Post("sign-in")
  @HttpCode(200)
  @Answers(200, demoSignInAnswerSchema, "A token for one of the demo people", { id: "signInDemo", refuses: ["rate_limited"] })
  signIn(@Body({ schema: demoSignInSchema }) body: { userId: string }): Promise<DemoSignInAnswer> {
    return this.#demo.signIn(body.userId);
  }
}
