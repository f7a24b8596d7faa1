/**
 * Every text of the components, in English. An application translates them by `ReplayProvider`'s `translate`: the ids stay, the messages are the default.
 * The comments mark them for message extraction (Lingui), so that they land in the same catalogue as an application's own.
 */

/** A text: its id, and its English message with `{placeholders}`. */
export interface ReplayText {
  readonly id: string;
  readonly message: string;
}

/** The texts of the components by name. */
export const texts = {
  captureLast: /*i18n*/ { id: "replay.capture.last", message: "Capture the last {length}" },
  captureShort: /*i18n*/ { id: "replay.capture.short", message: "Capture" },
  captureLengths: /*i18n*/ { id: "replay.capture.lengths", message: "Capture another length" },
  minutes: /*i18n*/ { id: "replay.minutes", message: "min" },
  seconds: /*i18n*/ { id: "replay.seconds", message: "s" },
  captureCustom: /*i18n*/ { id: "replay.capture.custom", message: "Another length…" },
  customTitle: /*i18n*/ { id: "replay.custom.title", message: "How much to keep" },
  customMinutes: /*i18n*/ { id: "replay.custom.minutes", message: "Minutes" },
  customSeconds: /*i18n*/ { id: "replay.custom.seconds", message: "Seconds" },
  customRange: /*i18n*/ { id: "replay.custom.range", message: "From one second to {most}" },
  destination: /*i18n*/ { id: "replay.destination", message: "Where clips go" },
  destinationLibrary: /*i18n*/ { id: "replay.destination.library", message: "Your library" },
  destinationPrivate: /*i18n*/ { id: "replay.destination.private", message: "Only you see it, until you share it" },
  destinationAlso: /*i18n*/ { id: "replay.destination.also", message: "Your library, and at once in" },
  destinationLibraryShort: /*i18n*/ { id: "replay.destination.library.short", message: "to your library" },
  destinationChannelShort: /*i18n*/ { id: "replay.destination.channel.short", message: "to #{channel}" },
  confirmChannel: /*i18n*/ { id: "replay.destination.confirm", message: "Post every clip in #{channel}?" },
  confirmChannelHow: /*i18n*/ {
    id: "replay.destination.confirm.how",
    message:
      "From now on, what you capture here is posted in #{channel} at once, for everybody who can read it. It stays so until you choose your library again.",
  },
  confirmChannelYes: /*i18n*/ { id: "replay.destination.confirm.yes", message: "Post in #{channel}" },
  confirmChannelNo: /*i18n*/ { id: "replay.destination.confirm.no", message: "Only to my library" },
  stripLabel: /*i18n*/ { id: "replay.strip.label", message: "Buffer: {kept} kept" },
  stripEmpty: /*i18n*/ { id: "replay.strip.empty", message: "Nothing is kept yet" },
  stripGaps: /*i18n*/ { id: "replay.strip.gaps", message: "{length} missing in all: {reason}" },
  stripNow: /*i18n*/ { id: "replay.strip.now", message: "now" },
  stripEnd: /*i18n*/ { id: "replay.strip.end", message: "end" },
  stripAgo: /*i18n*/ { id: "replay.strip.ago", message: "{length} ago" },
  stripBeforeEnd: /*i18n*/ { id: "replay.strip.before-end", message: "{length} before the end" },
  stripReach: /*i18n*/ { id: "replay.strip.reach", message: "{got} of {asked}" },
  stripRange: /*i18n*/ { id: "replay.strip.range", message: "From {from} to {to} ago, {length} long" },
  stripRangeEnd: /*i18n*/ { id: "replay.strip.range-end", message: "From {from} to {to} before the end, {length} long" },
  stripLast: /*i18n*/ { id: "replay.strip.last", message: "The last {length}" },
  stripLong: /*i18n*/ { id: "replay.strip.long", message: "{length} long" },
  stripNothing: /*i18n*/ { id: "replay.strip.nothing", message: "Nothing is chosen" },
  stripChoose: /*i18n*/ { id: "replay.strip.choose", message: "Choose a range" },
  stripHow: /*i18n*/ { id: "replay.strip.how", message: "or drag along the strip" },
  stripHandles: /*i18n*/ { id: "replay.strip.handles", message: "Chosen range" },
  stripFrom: /*i18n*/ { id: "replay.strip.from", message: "Start" },
  stripTo: /*i18n*/ { id: "replay.strip.to", message: "End" },
  stripFromEarlier: /*i18n*/ { id: "replay.strip.from.earlier", message: "Start one second earlier" },
  stripFromLater: /*i18n*/ { id: "replay.strip.from.later", message: "Start one second later" },
  stripToEarlier: /*i18n*/ { id: "replay.strip.to.earlier", message: "End one second earlier" },
  stripToLater: /*i18n*/ { id: "replay.strip.to.later", message: "End one second later" },
  stripKeep: /*i18n*/ { id: "replay.strip.keep", message: "Keep {length}" },
  stripTrim: /*i18n*/ { id: "replay.strip.trim", message: "Look first" },
  stripWatch: /*i18n*/ { id: "replay.strip.watch", message: "Watch from here" },
  stripClear: /*i18n*/ { id: "replay.strip.clear", message: "Clear" },
  stripSize: /*i18n*/ { id: "replay.strip.size", message: "about {size}" },
  stripShare: /*i18n*/ { id: "replay.strip.share", message: "{percent} of your room for clips" },
  stripTooBig: /*i18n*/ {
    id: "replay.strip.too-big",
    message: "This does not fit: it needs about {size}, and {left} of your room for clips are left. Delete a clip, or choose less.",
  },
  stripMissing: /*i18n*/ { id: "replay.strip.missing", message: "{length} missing: {reason}" },
  stripNotKept: /*i18n*/ { id: "replay.strip.not-kept", message: "not kept" },
  stripMark: /*i18n*/ { id: "replay.strip.mark", message: "{person} kept {length}" },
  stripMarkMine: /*i18n*/ { id: "replay.strip.mark-mine", message: "you kept {length}" },
  stripClip: /*i18n*/ { id: "replay.strip.clip", message: "One clip kept" },
  stripClips: /*i18n*/ { id: "replay.strip.clips", message: "{count} clips kept" },
  stripMore: /*i18n*/ { id: "replay.strip.more", message: "and {count} more" },
  outcomeFull: /*i18n*/ { id: "replay.outcome.full", message: "asked {asked}, got {got}" },
  outcomeBegan: /*i18n*/ { id: "replay.outcome.began", message: "asked {asked}, got {got}: the share began {ago} ago" },
  outcomeNothingBefore: /*i18n*/ { id: "replay.outcome.nothing-before", message: "asked {asked}, got {got}: the share began no earlier" },
  outcomeReach: /*i18n*/ { id: "replay.outcome.reach", message: "asked {asked}, got {got}: the buffer reached no further back" },
  outcomeGaps: /*i18n*/ { id: "replay.outcome.gaps", message: "asked {asked}, got {got}: {missing} without picture left out ({reason})" },
  outcomeNotYet: /*i18n*/ { id: "replay.outcome.not-yet", message: "asked {asked}, got {got}: the newest {missing} were not written yet" },
  gap_loss: /*i18n*/ { id: "replay.gap.loss", message: "the connection lost packets" },
  gap_mute: /*i18n*/ { id: "replay.gap.mute", message: "the share was muted" },
  gap_silence: /*i18n*/ { id: "replay.gap.silence", message: "the browser sent nothing" },
  gap_reconnect: /*i18n*/ { id: "replay.gap.reconnect", message: "the connection was made again" },
  gap_restart: /*i18n*/ { id: "replay.gap.restart", message: "the recorder was restarted" },
  gap_clock: /*i18n*/ { id: "replay.gap.clock", message: "the browser's clock jumped" },
  gap_format: /*i18n*/ { id: "replay.gap.format", message: "the picture format changed" },
  gap_pause: /*i18n*/ { id: "replay.gap.pause", message: "paused" },
  gap_disk: /*i18n*/ { id: "replay.gap.disk", message: "the disk was full" },
  gap_forgotten: /*i18n*/ { id: "replay.gap.forgotten", message: "forgotten" },
  gapSeveral: /*i18n*/ { id: "replay.gap.several", message: "several reasons" },
  player: /*i18n*/ { id: "replay.player", message: "Player" },
  play: /*i18n*/ { id: "replay.player.play", message: "Play" },
  pause: /*i18n*/ { id: "replay.player.pause", message: "Pause" },
  mute: /*i18n*/ { id: "replay.player.mute", message: "Mute" },
  unmute: /*i18n*/ { id: "replay.player.unmute", message: "Turn sound on" },
  fullscreen: /*i18n*/ { id: "replay.player.fullscreen", message: "Full screen" },
  position: /*i18n*/ { id: "replay.player.position", message: "Position" },
  loading: /*i18n*/ { id: "replay.player.loading", message: "Loading" },
  playerFailed: /*i18n*/ { id: "replay.player.failed", message: "This cannot be played right now" },
  again: /*i18n*/ { id: "replay.again", message: "Try again" },
  live: /*i18n*/ { id: "replay.live", message: "Live" },
  toLive: /*i18n*/ { id: "replay.live.jump", message: "Jump to live" },
  back10: /*i18n*/ { id: "replay.live.back", message: "Back 10 seconds" },
  behind: /*i18n*/ { id: "replay.live.behind", message: "{length} behind" },
  sharePaused: /*i18n*/ { id: "replay.live.paused", message: "{name} has paused the share" },
  makingMp4: /*i18n*/ { id: "replay.clip.making", message: "Making the MP4: {percent} %" },
  playsSoon: /*i18n*/ { id: "replay.clip.soon", message: "This clip plays as soon as its MP4 is made" },
  libraryLabel: /*i18n*/ { id: "replay.library", message: "Clips" },
  search: /*i18n*/ { id: "replay.library.search", message: "Search clips" },
  sort: /*i18n*/ { id: "replay.library.sort", message: "Sort by" },
  sort_newest: /*i18n*/ { id: "replay.sort.newest", message: "Newest" },
  sort_oldest: /*i18n*/ { id: "replay.sort.oldest", message: "Oldest" },
  sort_longest: /*i18n*/ { id: "replay.sort.longest", message: "Longest" },
  sort_largest: /*i18n*/ { id: "replay.sort.largest", message: "Largest" },
  sort_title: /*i18n*/ { id: "replay.sort.title", message: "Title" },
  pageOf: /*i18n*/ { id: "replay.library.page", message: "Page {page} of {pages}" },
  previousPage: /*i18n*/ { id: "replay.library.previous", message: "Previous page" },
  nextPage: /*i18n*/ { id: "replay.library.next", message: "Next page" },
  noClips: /*i18n*/ { id: "replay.library.empty", message: "No clips yet" },
  noClipsHow: /*i18n*/ {
    id: "replay.library.empty.how",
    message: "Share a screen in a room and press Capture: the last minutes land here.",
  },
  noMatch: /*i18n*/ { id: "replay.library.nomatch", message: "Nothing matches “{query}”" },
  libraryFailed: /*i18n*/ { id: "replay.library.failed", message: "The clips could not be loaded" },
  clipLost: /*i18n*/ { id: "replay.clip.lost", message: "The file of this clip is gone" },
  quota: /*i18n*/ { id: "replay.quota", message: "Room for clips" },
  quotaUsed: /*i18n*/ { id: "replay.quota.used", message: "{used} of {limit}" },
  quotaMaking: /*i18n*/ { id: "replay.quota.making", message: "{reserved} held for clips in the making" },
  quotaFull: /*i18n*/ { id: "replay.quota.full", message: "Your room for clips is full. Delete a clip, or ask an admin for more." },
} as const satisfies Record<string, ReplayText>;

/** Values for a text's placeholders. */
export type TextValues = Readonly<Record<string, string | number>>;

/** Turns a text into words. */
export type Translate = (text: ReplayText, values: TextValues) => string;

/** English, as it is written above. */
export const english: Translate = (text, values) =>
  text.message.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
