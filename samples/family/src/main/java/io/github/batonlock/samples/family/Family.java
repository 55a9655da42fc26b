package io.github.batonlock.samples.family;

import io.github.batonlock.LockClient;
import io.github.batonlock.LockTable;
import io.github.batonlock.samples.common.LocalEngine;
import io.github.batonlock.samples.common.Timeline;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Locks with more than one holder, and holders with more than one lock, at work. */
final class Family {
  private static final String TABLE = "family";
  private static final List<String> NAMES = List.of("anna", "ben", "cleo");

  /** One recipe at work. */
  private interface Part {
    boolean play(Scene scene) throws Exception;
  }

  private Family() {}

  public static void main(String[] args) throws Exception {
    // Exits, because DynamoDB Local leaves threads behind.
    System.exit(play() ? 0 : 1);
  }

  private static boolean play() throws Exception {
    Timeline timeline = new Timeline();
    timeline.add("family", "starts DynamoDB Local");
    try (LocalEngine engine = LocalEngine.start();
        DynamoDbClient dynamoDb = LocalEngine.connect(engine.endpoint());
        Crew crew = new Crew()) {
      LockTable.createIfMissing(dynamoDb, TABLE);
      Map<String, LockClient> clients = new LinkedHashMap<>();
      for (String name : NAMES) {
        clients.put(name, LockClient.builder(dynamoDb, TABLE).ownerName(name).build());
      }
      try {
        return playAll(new Scene(clients, crew, timeline));
      } finally {
        clients.values().forEach(LockClient::close);
      }
    }
  }

  private static boolean playAll(Scene scene) throws Exception {
    Map<String, Part> parts = new LinkedHashMap<>();
    parts.put("CountedSemaphore: two uploads at once", Uploads::play);
    parts.put("SharedExclusiveLock: three readers or one writer", Catalogue::play);
    parts.put("MultiLock: both accounts or neither", Accounts::play);
    parts.put("FairLock: first come, first served", Counter::play);
    parts.put("ReentrantLockView: a Lock of the JDK", Till::play);
    boolean allKept = true;
    for (Map.Entry<String, Part> part : parts.entrySet()) {
      System.out.println();
      scene.timeline().add("family", part.getKey());
      boolean kept = part.getValue().play(scene);
      scene.timeline().add("family", kept ? "as promised" : "NOT AS PROMISED");
      allKept &= kept;
    }
    return allKept;
  }
}
