import { changeSettings, readSettings, SYSTEM, type Context, type Settings } from '@switchboard/chat';
import { ChatError, errorFor, SETTINGS, type SettingKey, type SettingValueOf, type SettingView } from '@switchboard/protocol';

/** The settings as this server knows them: it reads them every five seconds. While the database is away, those that were read last hold. */
export interface CurrentSettings {
  /** The value that holds; the default until settings were read for the first time. */
  value<K extends SettingKey>(key: K): SettingValueOf<K>;
  /** Resolves once settings have been read, at once if they have. @throws ChatError `unavailable` while they can't be read */
  known(): Promise<void>;
  /**
   * The sites that may frame the chat; none: any site. Never a guess.
   *
   * @throws ChatError `unavailable` while they can't be read, or where this version can't use what is stored
   */
  sites(): Promise<readonly string[]>;
  /** Adopts changed settings before they are read again. */
  adopt(changed: readonly SettingView[]): void;
  /** Reads them now, and from now on every five seconds. */
  start(): void;
  /** Stops reading them. */
  close(): void;
}

export interface CurrentSettingsOptions {
  readonly chat: Pick<Context, 'db' | 'log'>;
  /** `WIDGET_ORIGINS`: becomes the setting `widget.sites` where nobody has changed that yet, and holds until settings were read. */
  readonly widgetOrigins: readonly string[] | undefined;
}

const READ_EVERY_MS = 5_000;

/** Reads nothing before `start` or the first question. */
export function createCurrentSettings(options: CurrentSettingsOptions): CurrentSettings {
  return new Current(options);
}

class Current implements CurrentSettings {
  readonly #chat: CurrentSettingsOptions['chat'];
  readonly #widgetOrigins: readonly string[] | undefined;
  /** Undefined: not read yet. */
  #views: ReadonlyMap<string, SettingView> | undefined;
  /** Keys of stored values that this version can't use. */
  #unusable: ReadonlySet<string> = new Set();
  /** Grows with each `adopt`: what was read before it is older than what was adopted. */
  #adopted = 0;
  #reading: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #failing = false;
  #warned = '';

  constructor({ chat, widgetOrigins }: CurrentSettingsOptions) {
    this.#chat = chat;
    this.#widgetOrigins = widgetOrigins;
  }

  value<K extends SettingKey>(key: K): SettingValueOf<K> {
    // Verbs answer only what the setting's schema accepts.
    return (this.#views?.get(key)?.value ?? SETTINGS[key].default) as SettingValueOf<K>;
  }

  async known(): Promise<void> {
    if (this.#views === undefined) await this.#read();
  }

  async sites(): Promise<readonly string[]> {
    try {
      await this.known();
    } catch (error) {
      if (this.#widgetOrigins === undefined) throw error;
      return this.#widgetOrigins;
    }
    if (this.#unusable.has('widget.sites')) throw errorFor('setting_unusable', { key: 'widget.sites' });
    return this.value('widget.sites');
  }

  adopt(changed: readonly SettingView[]): void {
    this.#adopted += 1;
    const views = this.#views;
    if (views === undefined) return;
    // Two changes of one setting may arrive here in another order than they were made in.
    const newer = changed.filter(({ key, version }) => version > (views.get(key)?.version ?? 0));
    this.#views = new Map([...views, ...newer.map((view) => [view.key, view] as const)]);
    this.#unusable = new Set([...this.#unusable].filter((known) => changed.every(({ key }) => key !== known)));
  }

  start(): void {
    void this.#readAndGoOn();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  async #readAndGoOn(): Promise<void> {
    try {
      await this.#read();
      if (this.#failing) this.#chat.log.info({}, 'the settings can be read again');
      this.#failing = false;
    } catch (error) {
      if (!this.#failing && !this.#closed)
        this.#chat.log.warn({ err: error }, 'the settings cannot be read: the values of the last reading hold; trying again every 5 s');
      this.#failing = true;
    }
    if (!this.#closed) this.#timer = setTimeout(() => void this.#readAndGoOn(), READ_EVERY_MS).unref();
  }

  /** Reads them; callers that come meanwhile wait for the same answer. */
  async #read(): Promise<void> {
    this.#reading ??= this.#readOnce().finally(() => (this.#reading = undefined));
    await this.#reading;
  }

  async #readOnce(): Promise<void> {
    let adopted: number;
    let read: Settings;
    do {
      adopted = this.#adopted;
      read = await readSettings(this.#chat, SYSTEM);
      if (await this.#takeOverSites(read.settings)) read = await readSettings(this.#chat, SYSTEM);
    } while (adopted !== this.#adopted);
    this.#warn(read);
    this.#views = new Map(read.settings.map((view) => [view.key, view]));
    this.#unusable = new Set(read.unusable);
  }

  /** Makes `WIDGET_ORIGINS` the setting, once. True: settings are no longer as they were read. */
  async #takeOverSites(settings: readonly SettingView[]): Promise<boolean> {
    const sites = this.#widgetOrigins;
    if (sites === undefined || settings.find(({ key }) => key === 'widget.sites')?.version !== 0) return false;
    try {
      await changeSettings(this.#chat, SYSTEM, [{ key: 'widget.sites', value: sites, expected: { version: 0 } }]);
      this.#chat.log.info({ sites }, 'WIDGET_ORIGINS was taken over into the setting widget.sites, and is ignored from now on');
    } catch (error) {
      // Another server was faster.
      if (!(error instanceof ChatError && error.code === 'conflict')) throw error;
    }
    return true;
  }

  /** Logs what is wrong with the settings, once each time that it changes. */
  #warn({ settings, unusable }: Settings): void {
    const ignored = this.#widgetOrigins?.join();
    const value = settings.find(({ key }) => key === 'widget.sites')?.value;
    const differs = ignored !== undefined && Array.isArray(value) && value.join() !== ignored;
    const state = JSON.stringify([unusable, differs]);
    if (state === this.#warned) return;
    this.#warned = state;
    if (unusable.length > 0)
      this.#chat.log.warn({ keys: unusable }, 'this version cannot use the stored values of these settings: their defaults hold');
    if (differs) this.#chat.log.warn({ sites: value }, 'WIDGET_ORIGINS is ignored: the setting widget.sites holds, and differs from it');
  }
}
