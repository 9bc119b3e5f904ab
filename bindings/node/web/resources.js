// Resources that were pasted as JSON.

/**
 * Reads resources: JSON texts one a line, an array of resources, or a response with a list of them.
 * Each is `{ resource }`, or `{ error }` for a line that is not JSON.
 */
export function readResources(text) {
  if (text.trim() === "") return [];
  const whole = parse(text);
  if (whole.error === undefined) return flatten(whole.resource);
  const found = [];
  text.split("\n").forEach((line, index) => {
    if (line.trim() === "") return;
    const { resource, error } = parse(line);
    if (error === undefined) found.push(...flatten(resource));
    else found.push({ error: `line ${index + 1}: ${error}` });
  });
  return found;
}

function parse(text) {
  try {
    return { resource: JSON.parse(text) };
  } catch (error) {
    return { error: error.message };
  }
}

function flatten(value) {
  if (Array.isArray(value)) return value.flatMap(flatten);
  const list = listOf(value);
  return list === undefined ? [{ resource: value }] : list.flatMap(flatten);
}

/** Returns the list of a response: its only value besides the token of the next page. */
function listOf(value) {
  if (typeof value !== "object" || value === null) return undefined;
  const { nextPageToken, ...others } = value;
  const lists = Object.values(others);
  return lists.length === 1 && Array.isArray(lists[0]) ? lists[0] : undefined;
}
