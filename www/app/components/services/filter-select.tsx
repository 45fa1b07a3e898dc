// One of the choices over the list: all, or those with one value.

interface FilterSelectProps {
  /** What is chosen, in the plural: 'sources'. */
  readonly noun: string;
  readonly value: string | null;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly onValue: (value: string | null) => void;
}

export function FilterSelect({ noun, value, options, onValue }: FilterSelectProps) {
  // A choice that is gone from the list still holds, and can be seen to.
  const all = value === null || options.some((option) => option.value === value) ? options : [...options, { value, label: value }];
  return (
    <label className={value === null ? 'filter-select' : 'filter-select is-set'}>
      <span className="visually-hidden">Only {noun}</span>
      <select value={value ?? ''} onChange={(event) => onValue(event.target.value === '' ? null : event.target.value)}>
        <option value="">All {noun}</option>
        {all.map((option) => <option key={option.value} value={option.value}>{option.label}</option>)}
      </select>
    </label>
  );
}
