/** Lets the browser save what is at an address of the gallery under a name; the page stays as it is. */
export async function saveFile(url: string, name: string): Promise<void> {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}
