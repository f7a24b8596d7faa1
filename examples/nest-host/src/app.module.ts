/** The application in its two forms: with livekit-replay inside, or beside it. */
import { type DynamicModule, Module } from "@nestjs/common";
import { Replay, ReplayModule, type ReplayModuleOptions } from "@livekit-replay/server";
import { Chat } from "./chat.js";
import { ChatController, SignedIn, SignedInGuard } from "./chat.controller.js";
import { Club } from "./club.js";
import { ClubDirectory } from "./directory.js";
import { InnerTokens, ReplayTokens, SharedTokens } from "./replay-tokens.js";
import { HOST_SECRET, ReplayController, ReplayGuard } from "./replay.controller.js";

/** People, channels, and what livekit-replay may ask of them. */
@Module({ providers: [Club, Chat, ClubDirectory], exports: [Club, Chat, ClubDirectory] })
class ClubModule {}

/** What livekit-replay as a server of its own shares with this application. */
export interface Secrets {
  readonly jwtSecret: string;
  readonly hostSecret: string;
}

const replayInside = (options: ReplayModuleOptions): DynamicModule =>
  ReplayModule.forRootAsync({
    imports: [ClubModule],
    inject: [ClubDirectory, Chat],
    useFactory: (directory: ClubDirectory, channels: Chat) => ({ ...options, directory, channels }),
  });

/** See above. */
@Module({})
export class AppModule {
  /** One process: livekit-replay asks the club's own objects. */
  static withReplay(options: ReplayModuleOptions): DynamicModule {
    const tokens = { provide: ReplayTokens, inject: [Replay], useFactory: (replay: Replay) => new InnerTokens(replay) };
    return {
      module: AppModule,
      imports: [ClubModule, replayInside(options)],
      controllers: [ChatController],
      providers: [SignedIn, SignedInGuard, tokens],
    };
  }

  /** Two: livekit-replay asks over HTTP. */
  static besideReplay({ jwtSecret, hostSecret }: Secrets): DynamicModule {
    return {
      module: AppModule,
      imports: [ClubModule],
      controllers: [ChatController, ReplayController],
      providers: [
        SignedIn,
        SignedInGuard,
        ReplayGuard,
        { provide: ReplayTokens, useValue: new SharedTokens(jwtSecret) },
        { provide: HOST_SECRET, useValue: hostSecret },
      ],
    };
  }
}
