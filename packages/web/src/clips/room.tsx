/** How much room for clips is left, and what that means when somebody asks. */
import { QuotaBar, QuotaDetails } from "@livekit-replay/react";
import type { Quota } from "@livekit-replay/contract";
import { useRef, useState, type ReactElement } from "react";
import { Button } from "react-aria-components/Button";
import { DialogTrigger } from "react-aria-components/Dialog";
import { Popover } from "react-aria-components/Popover";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { Button as PlainButton } from "../ui/button.js";

/** Whose room; `onLargest`: shows the largest clips first. */
export interface RoomForClipsProps {
  readonly quota: Quota;
  readonly onLargest: () => void;
}

/** The bar; a press on it explains it. */
export const RoomForClips = ({ quota, onLargest }: RoomForClipsProps): ReactElement => {
  const say = useSay();
  const place = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  return (
    <div ref={place} className="room-for-clips">
      <QuotaBar quota={quota} />
      <DialogTrigger isOpen={open} onOpenChange={setOpen}>
        <Button className="room-for-clips-more">{say(words.roomMore)}</Button>
        {/* The popover is the dialog itself, named by its button: one within it would leave its ways out beside every landmark. */}
        <Popover className="menu-popover room-for-clips-details" triggerRef={place} placement="bottom end">
          <QuotaDetails quota={quota}>
            <PlainButton
              onPress={() => {
                setOpen(false);
                onLargest();
              }}
            >
              {say(words.roomLargest)}
            </PlainButton>
          </QuotaDetails>
        </Popover>
      </DialogTrigger>
    </div>
  );
};
