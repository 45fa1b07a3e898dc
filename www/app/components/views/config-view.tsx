// The config that the catalog carries: each value as formatted JSON.
import { useMemo } from 'react';
import { formatJson, jsonType } from '../../format/json';
import { whole } from '../../format/text';
import { useMore } from '../../hooks/use-more';
import { Clip } from '../text/clip';
import { MoreButton } from '../text/more-button';

interface ConfigViewProps {
  readonly config: Readonly<Record<string, unknown>>;
  readonly baseUrl: string;
  readonly wsBaseUrl: string;
}

const STEP = 100;

export function ConfigView({ config, baseUrl, wsBaseUrl }: ConfigViewProps) {
  const entries = useMemo(() => Object.entries(config).sort(([a], [b]) => (a < b ? -1 : 1)), [config]);
  const [shown, more] = useMore(entries.length, STEP, config);
  return (
    <section className="view" aria-labelledby="config-title">
      <h2 id="config-title">Config</h2>
      <p className="view-intro">What the daemon hands to every page that asks, and the addresses that this page’s own client resolved.</p>
      <dl className="config-list">
        <div className="is-derived"><dt>API base URL</dt><dd><code><Clip text={baseUrl} /></code></dd></div>
        <div className="is-derived"><dt>WebSocket base URL</dt><dd><code><Clip text={wsBaseUrl} /></code></dd></div>
        {entries.slice(0, shown).map(([key, value]) => <ConfigEntry key={key} name={key} value={value} />)}
      </dl>
      {entries.length === 0 && <p className="empty-note">The catalog carries no config values. They are set under <code>[config]</code> in the daemon’s settings file.</p>}
      <MoreButton shown={shown} total={entries.length} noun="values" onMore={more} />
    </section>
  );
}

function ConfigEntry({ name, value }: { readonly name: string; readonly value: unknown }) {
  const { text, omitted } = useMemo(() => formatJson(value), [value]);
  return (
    <div>
      <dt><Clip text={name} /><span className="faint config-type">{jsonType(value)}</span></dt>
      <dd>
        <pre tabIndex={text.includes('\n') ? 0 : undefined}>{text}</pre>
        {omitted > 0 && <p className="faint">{whole(omitted)} further characters are not shown.</p>}
      </dd>
    </div>
  );
}
