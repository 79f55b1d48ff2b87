// Mail as Nest sees it: the doors to the outbox, and the delivery that runs as long as the server does.
import {
  Injectable,
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Log } from '#http/log.js';
import { Clock } from '#kernel/clock.js';
import { paceOf } from '#read-models/pace.js';
import { RecordStore } from '#records/record-store.js';
import { Delivery } from './delivery.js';
import { LogMailer } from './log-mailer.js';
import { Mailer } from './mailer.js';
import { Outbox } from './outbox.js';
import { OutboxController } from './outbox.http.js';
import { SmtpMailer } from './smtp.mailer.js';

/** Unset: mails are told in the log, and stay in the outbox. */
export interface MailOptions {
  readonly smtp?: { readonly url: URL; readonly from: { readonly address: string; readonly name: string } };
}

@Injectable()
class DeliveryRun implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly delivery: Delivery,
    private readonly mailer: Mailer,
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.delivery.run();
  }

  /** Mails under way are finished. */
  async beforeApplicationShutdown(): Promise<void> {
    this.delivery.stop();
    await this.running;
    this.mailer.close();
  }
}

@Module({})
export class MailModule {
  static with({ smtp }: MailOptions = {}): DynamicModule {
    return {
      module: MailModule,
      controllers: [OutboxController],
      providers: [
        {
          provide: Mailer,
          useFactory: (log: Log) => (smtp ? new SmtpMailer(smtp.url, smtp.from) : new LogMailer(log)),
          inject: [Log],
        },
        {
          provide: Delivery,
          useFactory: (records: RecordStore, outbox: Outbox, mailer: Mailer, clock: Clock, { pino }: Log) =>
            new Delivery(records, outbox, mailer, {
              pace: paceOf(clock),
              onTrouble: (err, attempt) => pino.warn({ err, attempt }, 'the delivery of mails is held up'),
              onGivenUp: ({ tenant, id, error }) =>
                pino.error({ tenant, mail: id, error }, 'a mail was given up; it stands in the outbox'),
            }),
          inject: [RecordStore, Outbox, Mailer, Clock, Log],
        },
        DeliveryRun,
      ],
    };
  }
}
