/** The catalogue in MongoDB: the shared suite, and what is its own: processes that start together, a server that dies and comes back, or is not there. */
import { openCatalog } from "../src/catalog/open.js";
import { catalogSuite } from "./catalog-suite.js";
import { testDatabase } from "./databases.js";
import { tempRoot } from "./store-material.js";

catalogSuite("MongoDB", async () => {
  const { root, remove } = await tempRoot();
  const place = testDatabase(root, "mongodb");
  return {
    connect: () => openCatalog(place.config),
    remove: async () => {
      await place.remove();
      await remove();
    },
  };
});
