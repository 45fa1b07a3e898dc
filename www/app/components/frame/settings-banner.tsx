// The settings file says something else than what holds: it is wrong, or it has values that count after a restart only.
import type { DaemonStatus } from '../../model/daemon-status';
import { clip } from '../../format/text';
import { Icon } from '../icons';

/** The most of an error that is shown: a few lines, with the place in the file first. */
const MAX_LINE = 200;
const MAX_LINES = 8;

export function SettingsBanner({ settings }: { readonly settings: DaemonStatus['settings'] }) {
  const { file, error, needsRestart } = settings;
  if (error === null && needsRestart.length === 0) return null;
  const lines = (error ?? '').split('\n').slice(0, MAX_LINES).map((line) => clip(line, MAX_LINE));
  return (
    <section className="connection-banner settings-banner is-warn" aria-label="Settings">
      <Icon name="alert" />
      <div>
        {error !== null && (
          <>
            <p><strong>The settings file is wrong.</strong> What it said before still holds{file === null ? '' : <>: <code>{clip(file)}</code></>}.</p>
            <pre tabIndex={0}>{lines.join('\n')}</pre>
          </>
        )}
        {needsRestart.length > 0 && <p><strong>A restart is needed</strong> for new values of {needsRestart.map((key) => clip(key, 64)).join(', ')}.</p>}
      </div>
    </section>
  );
}
