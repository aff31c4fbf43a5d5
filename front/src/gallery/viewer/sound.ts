/** Whether videos begin with their sound: as the person left it last. */
import { stored } from '@/shared/lib/useStored';

const sound = stored<'on' | 'off'>('gallery.sound', (value) => value === 'on' || value === 'off');

export function isSoundWanted(): boolean {
  return sound.get() !== 'off';
}

export function setSound(video: HTMLVideoElement, isOn: boolean): void {
  video.muted = !isOn;
  sound.set(isOn ? 'on' : 'off');
}
