/** An answer that another server gave: the framework's way out of a handler that is not to run. */

/** Thrown instead of running a handler; the exception filter answers it as it is. */
export class AnsweredElsewhere extends Error {
  override readonly name = "AnsweredElsewhere";

  constructor(
    readonly status: number,
    readonly headers: Readonly<Record<string, string>>,
    readonly body: Buffer,
  ) {
    super("another server has answered");
  }
}
