package io.github.batonlock.samples.liveness;

import io.github.batonlock.LockTable;
import io.github.batonlock.samples.common.LocalEngine;
import io.github.batonlock.samples.common.Timeline;
import java.util.LinkedHashMap;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * What others see of a holder, what its own work does to a lock, and how a holder is asked to
 * finish.
 *
 * <p>Exits with 1 if something went otherwise than promised.
 */
final class LivenessDemo {

  /** One thing at work. */
  private interface Part {
    boolean play(Scene scene) throws Exception;
  }

  private LivenessDemo() {}

  public static void main(String[] args) throws Exception {
    // Exits, because DynamoDB Local leaves threads behind.
    System.exit(play() ? 0 : 1);
  }

  private static boolean play() throws Exception {
    Timeline timeline = new Timeline();
    timeline.add("liveness", "lease " + Timeline.show(Scene.LEASE));
    try (LocalEngine engine = LocalEngine.start();
        DynamoDbClient dynamoDb = LocalEngine.connect(engine.endpoint())) {
      LockTable.createIfMissing(dynamoDb, Scene.TABLE);
      Scene scene = new Scene(engine.endpoint(), dynamoDb, timeline);
      Map<String, Part> parts = new LinkedHashMap<>();
      parts.put("a process dies, and others see it", FailureDetection::play);
      parts.put("locks that end with their work", Limits::play);
      parts.put("a holder is asked to finish", PoliteRequest::play);
      boolean allKept = true;
      for (Map.Entry<String, Part> part : parts.entrySet()) {
        System.out.println();
        timeline.add("liveness", part.getKey());
        boolean kept = part.getValue().play(scene);
        timeline.add("liveness", kept ? "as promised" : "NOT AS PROMISED");
        allKept &= kept;
      }
      return allKept;
    }
  }
}
