// The banner: what this is, whose catalog it shows, how the connection stands.
import type { Connection } from '../../model/connection';
import type { Theme } from '../../hooks/use-theme';
import { BrandMark } from '../icons';
import { Clip } from '../text/clip';
import { ThemeToggle } from './theme-toggle';

interface AppHeaderProps {
  readonly name: string | null;
  readonly connection: Connection;
  readonly theme: Theme;
  readonly onTheme: (theme: Theme) => void;
}

export function AppHeader({ name, connection, theme, onTheme }: AppHeaderProps) {
  return (
    <header className="app-header">
      <div className="brand">
        <BrandMark />
        <h1>Landfall</h1>
        {name !== null && <Clip className="brand-name" text={name} max={48} />}
      </div>
      <p className={`status-pill is-${connection.tone}`}><span className="status-dot" aria-hidden="true" />{connection.label}</p>
      <ThemeToggle theme={theme} onChoose={onTheme} />
    </header>
  );
}
