/** Who asks, and what they may. */
import { Module } from "@nestjs/common";
import type { Catalog } from "../catalog/port.js";
import { CommunitiesModule } from "../communities/module.js";
import { CommunitySettingsSource } from "../communities/settings.js";
import type { Config } from "../config/read.js";
import { demoPeople } from "../directory/builtin/demo.js";
import type { Directory } from "../directory/port.js";
import { Presence } from "../events/presence.js";
import type { Clock } from "../platform/clock.js";
import { Metrics } from "../platform/metrics.js";
import { CATALOG, CLOCK, CONFIG, DIRECTORY, SECRET } from "../platform/tokens.js";
import { PresenceElsewhere } from "../servers/presence.js";
import { Servers } from "../servers/servers.js";
import { Grace } from "../sessions/grace.js";
import { DemoController } from "./demo.controller.js";
import { DemoSignIn } from "./demo.js";
import { Identities } from "./identity.js";
import { LinkSigner } from "./link.js";
import { RateLimits } from "./rate.js";
import { Rights } from "./rights.js";
import { Tokens } from "./token.js";

/** HS256 tokens are of no use to a server that has a JWKS and no secret of its own to share, but for those that the demo issues. */
const tokenSecret = ({ auth, demo }: Config, secret: string): string | null =>
  auth.jwtSecret === null && auth.jwksUrl !== null && !demo ? null : secret;

/** Provides tokens, links, identities and rights. */
@Module({
  imports: [CommunitiesModule],
  controllers: [DemoController],
  providers: [
    { provide: Presence, inject: [Servers], useFactory: (servers: Servers) => new Presence(new PresenceElsewhere(servers)) },
    { provide: Grace, inject: [CONFIG, CLOCK], useFactory: ({ buffer }: Config, clock: Clock) => new Grace(buffer.grace, clock) },
    {
      provide: Tokens,
      inject: [CONFIG, SECRET, CLOCK],
      useFactory: (config: Config, secret: string, clock: Clock) =>
        new Tokens({ config: config.auth, secret: tokenSecret(config, secret), clock }),
    },
    { provide: LinkSigner, inject: [SECRET, CLOCK], useFactory: (secret: string, clock: Clock) => new LinkSigner(secret, clock) },
    {
      provide: Identities,
      inject: [Tokens, LinkSigner, DIRECTORY],
      useFactory: (tokens: Tokens, links: LinkSigner, directory: Directory) => new Identities(tokens, links, directory),
    },
    {
      provide: Rights,
      inject: [CATALOG, DIRECTORY, Presence, CommunitySettingsSource, Grace],
      useFactory: (catalog: Catalog, directory: Directory, presence: Presence, settings: CommunitySettingsSource, grace: Grace) =>
        new Rights({ catalog, directory, presence, settings, grace }),
    },
    {
      provide: RateLimits,
      inject: [CONFIG, Metrics],
      useFactory: ({ rates }: Config, metrics: Metrics) => new RateLimits(rates, metrics),
    },
    {
      provide: DemoSignIn,
      inject: [Tokens, DIRECTORY, CLOCK],
      useFactory: (tokens: Tokens, directory: Directory, clock: Clock) => new DemoSignIn(tokens, directory, clock, demoPeople),
    },
  ],
  exports: [Presence, Grace, Tokens, LinkSigner, Identities, Rights, RateLimits, DemoSignIn, CommunitiesModule],
})
export class AuthModule {}
