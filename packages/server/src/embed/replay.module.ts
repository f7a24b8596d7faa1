/**
 * The whole server as a NestJS module. A host application imports it, and has the API at `/livekit-replay`, beside its own routes.
 * Inside is an application of its own: guards, pipes, filters, prefixes and middlewares of the host do not touch it, nor its own the host.
 */
import { type BeforeApplicationShutdown, type DynamicModule, Inject, Module, type OnModuleInit } from "@nestjs/common";
import { HttpAdapterHost } from "@nestjs/core";
import { mount } from "./mount.js";
import type { ReplayModuleAsyncOptions, ReplayModuleOptions } from "./options.js";
import { Replay } from "./replay.js";

const OPTIONS = Symbol("ReplayModuleOptions");

/** Opens with the host application's initialisation, closes with its shutdown (`app.close()`, or its shutdown hooks). */
@Module({})
export class ReplayModule implements OnModuleInit, BeforeApplicationShutdown {
  readonly #replay: Replay;

  constructor(@Inject(HttpAdapterHost) host: HttpAdapterHost, @Inject(Replay) replay: Replay) {
    this.#replay = replay;
    mount(host.httpAdapter, (request, response) => replay.handle(request, response));
  }

  /** With options that are known. */
  static forRoot(options: ReplayModuleOptions = {}): DynamicModule {
    return ReplayModule.forRootAsync({ useFactory: () => options });
  }

  /** With options that are made from the host's services, such as its directory. */
  static forRootAsync({ imports = [], inject = [], useFactory }: ReplayModuleAsyncOptions): DynamicModule {
    return {
      module: ReplayModule,
      imports,
      providers: [
        { provide: OPTIONS, inject: [...inject], useFactory },
        { provide: Replay, inject: [OPTIONS], useFactory: (options: ReplayModuleOptions) => new Replay(options) },
      ],
      exports: [Replay],
    };
  }

  /** After the modules that the options come from. */
  async onModuleInit(): Promise<void> {
    await this.#replay.open();
  }

  /** While the host's HTTP server still runs: open event streams would keep it from closing. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.#replay.close();
  }
}
