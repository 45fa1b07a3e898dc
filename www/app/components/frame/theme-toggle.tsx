// System, light or dark.
import { THEMES, type Theme } from '../../hooks/use-theme';
import { Icon } from '../icons';

interface ThemeToggleProps {
  readonly theme: Theme;
  readonly onChoose: (theme: Theme) => void;
}

const LOOKS = { system: { label: 'As the system', icon: 'screen' }, light: { label: 'Light', icon: 'sun' }, dark: { label: 'Dark', icon: 'moon' } } as const;

export function ThemeToggle({ theme, onChoose }: ThemeToggleProps) {
  return (
    <fieldset className="theme-toggle">
      <legend className="visually-hidden">Colours</legend>
      {THEMES.map((name) => (
        <label key={name} title={LOOKS[name].label}>
          <input type="radio" name="theme" className="visually-hidden" checked={theme === name} onChange={() => onChoose(name)} />
          <Icon name={LOOKS[name].icon} />
          <span className="visually-hidden">{LOOKS[name].label}</span>
        </label>
      ))}
    </fieldset>
  );
}
