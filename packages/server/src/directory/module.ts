/** The directory that the configuration names: the built-in one. */
import { Module } from "@nestjs/common";
import type { Catalog } from "../catalog/port.js";
import { CATALOG, DIRECTORY } from "../platform/tokens.js";
import { BuiltinDirectory } from "./builtin/directory.js";

/** Provides `DIRECTORY`. */
@Module({
  providers: [{ provide: DIRECTORY, inject: [CATALOG], useFactory: (catalog: Catalog) => new BuiltinDirectory(catalog.directory) }],
  exports: [DIRECTORY],
})
export class DirectoryModule {}
