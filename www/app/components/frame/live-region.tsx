// What a screen reader is told without being asked: changes of the connection and of the services' health, politely.

export function LiveRegion({ message }: { readonly message: string }) {
  return <p className="visually-hidden" role="status" aria-live="polite">{message}</p>;
}
