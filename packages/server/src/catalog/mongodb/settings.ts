/** What communities have set, in MongoDB. */
import type { SettingsRow, SettingsRows } from "../port.js";
import { Documents, type Kept, type Shape } from "./documents.js";

const shape: Shape<SettingsRow> = {
  key: ({ communityId }) => communityId,
  fields: { communityId: true, enabled: true, maxConcurrent: true, autoStart: true, whoMayCapture: true },
};

/** One document per community that has set something. */
export class MongoSettingsRows implements SettingsRows {
  private readonly documents: Documents<SettingsRow>;

  constructor(collection: Kept) {
    this.documents = new Documents(collection, shape);
  }

  find(communityId: string): Promise<SettingsRow | null> {
    return this.documents.find(communityId);
  }

  put(row: SettingsRow): Promise<void> {
    return this.documents.put(row);
  }

  async autoStarting(): Promise<string[]> {
    return (await this.documents.list({ autoStart: true }, { _id: 1 })).map(({ communityId }) => communityId);
  }
}
