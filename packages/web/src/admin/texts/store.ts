/** What the store's check says: a sentence for every kind of finding. */
import type { StoreFindingKind } from "@livekit-replay/contract";
import type { ReplayText } from "@livekit-replay/react";

/** What was found, by its kind. */
export const findings = {
  leftover_tmp: /*i18n*/ { id: "admin.store.leftover-tmp", message: "Unfinished files whose writer is gone. A repair deletes them." },
  unknown_pins: /*i18n*/ {
    id: "admin.store.unknown-pins",
    message: "Pictures and sound of a clip that is not in the catalogue. A repair deletes them.",
  },
  unknown_poster: /*i18n*/ {
    id: "admin.store.unknown-poster",
    message: "The picture of a clip that is not in the catalogue. A repair deletes it.",
  },
  unknown_mp4: /*i18n*/ { id: "admin.store.unknown-mp4", message: "An MP4 of a clip that is not in the catalogue. A repair deletes it." },
  unknown_aac: /*i18n*/ { id: "admin.store.unknown-aac", message: "An MP4 with AAC sound that no clip has. A repair deletes it." },
  stray_aac: /*i18n*/ {
    id: "admin.store.stray-aac",
    message: "An MP4 with AAC sound that counts for nobody. A repair deletes it; it can be made again.",
  },
  unfinished_deletion: /*i18n*/ {
    id: "admin.store.unfinished-deletion",
    message: "A clip whose deletion did not come to its end. A repair finishes it.",
  },
  files_gone: /*i18n*/ {
    id: "admin.store.files-gone",
    message: "A clip whose files are gone. A repair marks it as lost; nothing else can be done.",
  },
  files_back: /*i18n*/ {
    id: "admin.store.files-back",
    message: "A clip that was lost and whose files are there again. A repair makes it a clip again.",
  },
  mp4_missing: /*i18n*/ {
    id: "admin.store.mp4-missing",
    message: "A clip whose MP4 is missing. A repair makes it again from what is there.",
  },
  row_behind: /*i18n*/ {
    id: "admin.store.row-behind",
    message: "A clip whose MP4 is ready and whose row does not say so yet. A repair corrects the row.",
  },
  size_mismatch: /*i18n*/ {
    id: "admin.store.size-mismatch",
    message: "An MP4 of another size than its row says. A repair makes it again where its parts are still there.",
  },
  dead_reservation: /*i18n*/ {
    id: "admin.store.dead-reservation",
    message: "Room held for a clip that never came. A repair gives it back.",
  },
  dead_charge: /*i18n*/ { id: "admin.store.dead-charge", message: "Room counted for a clip that is gone. A repair gives it back." },
  charge_missing: /*i18n*/ { id: "admin.store.charge-missing", message: "A clip that counts for too little. A repair corrects it." },
  charge_too_high: /*i18n*/ { id: "admin.store.charge-too-high", message: "A clip that counts for too much. A repair corrects it." },
  balance_wrong: /*i18n*/ {
    id: "admin.store.balance-wrong",
    message: "Somebody’s sum is not the sum of their clips. A repair corrects it.",
  },
  orphaned_session: /*i18n*/ {
    id: "admin.store.orphaned-session",
    message: "The buffer of a session that nobody knows, longer than it could be captured. A repair deletes it.",
  },
  foreign: /*i18n*/ { id: "admin.store.foreign", message: "Files that do not belong here. They are left alone, by a repair too." },
  unreadable: /*i18n*/ {
    id: "admin.store.unreadable",
    message: "Something that the file system does not let be read. Only a person can mend it.",
  },
} as const satisfies Record<StoreFindingKind, ReplayText>;

/** A kind that this page does not know. */
export const otherFinding: ReplayText = /*i18n*/ { id: "admin.store.other", message: "Something else: {kind}" };
