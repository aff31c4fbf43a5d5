/** What the first photo does not wait for: dialogs, forms, pages of text, the icons of later parts. */
export { Choice, type Option } from './Choice';
export { ConfirmDialog, Dialog, Sheet } from './Dialog';
export { PasswordField, SelectField, TextField } from './Field';
export { Form } from './Form';
export * from './moreIcons';
export { Page, Section } from './Page';
export { type Tab, Tabs } from './Tabs';
