/** What a host application gives when it imports the server as a module. */
import type { ModuleMetadata } from "@nestjs/common";
import type { DestinationStream } from "pino";
import type { ChannelPosts } from "../channels/port.js";
import type { Directory } from "../directory/port.js";

/** Options of `ReplayModule.forRoot`. */
export interface ReplayModuleOptions {
  /**
   * The variables of docs/guide/configuration.md. Only these: the environment of the process is the host's own, and its `DATABASE_URL` is not ours.
   * Default: none, so that everything is as the page says, and the demo off.
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What relative paths in them start from. Default: the folder that the process was started in. */
  readonly folder?: string;
  /** Who is who. Default: what `DIRECTORY` names. */
  readonly directory?: Directory;
  /** Hears of clips that are posted to the host's channels. Default: nobody; with `DIRECTORY=host` the host over HTTP. */
  readonly channels?: ChannelPosts;
  /** Where log lines (JSON) go. Default: standard output. */
  readonly logDestination?: DestinationStream;
}

/** Options of `ReplayModule.forRootAsync`: as everywhere in Nest. */
export interface ReplayModuleAsyncOptions extends Pick<ModuleMetadata, "imports"> {
  /** Makes the options from what is injected. */
  // The parameters are whatever `inject` names: only the caller knows their types.
  readonly useFactory: (...injected: never[]) => ReplayModuleOptions | Promise<ReplayModuleOptions>;
  readonly inject?: readonly (string | symbol | (abstract new (...args: never[]) => unknown))[];
}
