package io.github.batonlock.samples.benchmark.measure;

import io.github.batonlock.samples.benchmark.dynamo.Requests;
import io.github.batonlock.samples.benchmark.dynamo.Store;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Those who work through a shift together: this process, or several others. */
interface Crew extends AutoCloseable {

  /** Works through a shift. */
  Shift.Outcome work(Shift shift) throws Exception;

  @Override
  void close();

  /** All waiters share one client of this process. */
  static Crew oneProcess(Store store) {
    Requests requests = new Requests();
    DynamoDbClient dynamoDb = store.connect(requests);
    return new Crew() {
      @Override
      public Shift.Outcome work(Shift shift) throws Exception {
        return shift.work(dynamoDb, requests, store.table());
      }

      @Override
      public void close() {
        dynamoDb.close();
      }
    };
  }

  /** The waiters are dealt out to so many processes, those of one lock to different ones. */
  static Crew processes(Store store, int count) throws IOException {
    List<ShiftProcess> processes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      processes.add(ShiftProcess.start(store));
    }
    for (ShiftProcess process : processes) {
      process.awaitStart();
    }
    return new Crew() {
      @Override
      public Shift.Outcome work(Shift shift) throws Exception {
        int used = Math.min(count, shift.keys().size());
        for (int i = 0; i < used; i++) {
          List<String> keys = new ArrayList<>();
          for (int j = i; j < shift.keys().size(); j += count) {
            keys.add(shift.keys().get(j));
          }
          processes.get(i).begin(shift.with(keys));
        }
        Shift.Outcome outcome = Shift.Outcome.NONE;
        for (ShiftProcess process : processes.subList(0, used)) {
          outcome = outcome.plus(process.await());
        }
        return outcome;
      }

      @Override
      public void close() {
        processes.forEach(ShiftProcess::close);
      }
    };
  }
}
