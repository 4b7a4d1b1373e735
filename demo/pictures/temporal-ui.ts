/** What an operator does in the Temporal UI, done by clicks and keys. */

import type { Locator, Page } from 'playwright-core';

export interface StartForm {
  readonly workflowId: string;
  readonly workflowType: string;
  /** The one JSON object that the workflow takes. */
  readonly input: object;
}

/** Fills "Start a Workflow", and leaves it to be sent. */
export async function fillStartForm(page: Page, uiUrl: string, form: StartForm): Promise<void> {
  await page.goto(`${uiUrl}/namespaces/default/workflows/start-workflow`);
  await page.getByLabel('Workflow ID').fill(form.workflowId);
  await page.getByLabel('Task Queue').fill('tidewatch');
  await page.getByLabel('Workflow Type').fill(form.workflowType);
  await page.locator('.cm-content').first().click();
  await page.keyboard.insertText(JSON.stringify(form.input));
  // Leaving the field formats the JSON, which moves the button below it.
  await page.getByRole('heading', { name: 'Start a Workflow' }).click();
  await page.getByText('Task Queue is Active').waitFor();
}

export function startForm(page: Page): Locator {
  return page.getByTestId('start-workflow').locator('xpath=following-sibling::div');
}

/** Sends the form and opens the page of the run. */
export async function sendStartForm(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Start Workflow' }).click();
  await page.getByRole('link', { name: 'Workflow started successfully' }).click();
  await page.getByRole('heading', { name: 'Event History' }).waitFor();
}

export interface BackfillForm {
  readonly scheduleId: string;
  /** Midnight UTC of a day, written `MM/DD/YY`: the dialog misreads a year of four digits without a word. */
  readonly from: string;
  readonly to: string;
}

/** Fills the "Backfill" dialog of a schedule with the overlap policy "Buffer All"; gives the dialog, to be sent. */
export async function fillBackfill(
  page: Page,
  uiUrl: string,
  { scheduleId, from, to }: BackfillForm,
): Promise<Locator> {
  await page.goto(`${uiUrl}/namespaces/default/schedules/${encodeURIComponent(scheduleId)}`);
  await page.getByRole('button', { name: 'Schedule Actions' }).click();
  await page.getByRole('menuitem', { name: 'Backfill' }).click();
  const dialog = page.getByRole('dialog', { name: 'Backfill' });
  for (const [index, day] of [from, to].entries()) {
    const date = dialog.getByTestId('datepicker').nth(index);
    await date.fill(day);
    // The calendar covers the other fields until it is closed; Enter would send the dialog.
    await dialog.getByRole('button', { name: 'Close' }).click();
    for (const part of ['hour', 'minute', 'second']) await dialog.getByTestId(part).nth(index).fill('0');
  }
  await dialog.getByText('Buffer All', { exact: true }).click();
  return dialog;
}
