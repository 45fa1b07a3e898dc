// A URL that a service said: a link if it is an http(s) URL, else plain text. The new page learns nothing of this one.
import { linkTarget, shortUrl } from '../../format/text';
import { Clip } from './clip';

export function LinkOrText({ url, className }: { readonly url: string; readonly className?: string }) {
  const href = linkTarget(url);
  const text = <Clip text={shortUrl(url)} {...(className === undefined ? {} : { className })} />;
  return href === undefined ? text : <a className="quiet-link" href={href} target="_blank" rel="noopener noreferrer">{text}</a>;
}
