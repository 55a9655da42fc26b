package io.github.batonlock.support;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Chromium without a screen, driven over its DevTools protocol. */
public final class Browser implements AutoCloseable {
  private static final String LISTENING = "DevTools listening on ";
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

  private final Process process;
  private final Path profile;
  private final URI devTools;
  private final HttpClient http = HttpClient.newHttpClient();

  private Browser(Process process, Path profile, URI devTools) {
    this.process = process;
    this.profile = profile;
    this.devTools = devTools;
    Runtime.getRuntime().addShutdownHook(new Thread(this::kill));
  }

  /** The program, if it is installed. */
  public static Optional<Path> installed() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Starts it. */
  public static Browser start(Path program) throws IOException {
    Path profile = Files.createTempDirectory("baton-browser");
    Process process =
        new ProcessBuilder(
                program.toString(),
                "--headless=new",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                // It does not start as root otherwise. It shows only pages of this test.
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--no-first-run",
                "--hide-scrollbars",
                "about:blank")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    BufferedReader said = process.errorReader();
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      if (line.startsWith(LISTENING)) {
        Thread reader = new Thread(() -> said.lines().forEach(ignored -> {}), "browser");
        reader.setDaemon(true);
        reader.start();
        return new Browser(process, profile, URI.create(line.substring(LISTENING.length())));
      }
    }
    throw new IOException(program + " has ended: it says nothing of DevTools");
  }

  /** Opens a tab without a page. */
  public Tab open() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + devTools.getPort() + "/json/new?about:blank"))
            .PUT(HttpRequest.BodyPublishers.noBody())
            .build();
    String answer = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    Tab tab = new Tab();
    tab.socket =
        Eventually.get(
            http.newWebSocketBuilder()
                .buildAsync(URI.create(text(parsed(answer), "webSocketDebuggerUrl")), tab));
    tab.call("Page.enable", Map.of());
    tab.call("Runtime.enable", Map.of());
    tab.call("Log.enable", Map.of());
    return tab;
  }

  private void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    Process unused = process.destroyForcibly();
  }

  @Override
  public void close() throws Exception {
    kill();
    boolean unused = process.waitFor(Eventually.SOON.toSeconds(), TimeUnit.SECONDS);
    try (Stream<Path> files = Files.walk(profile)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    }
  }

  /** One page. */
  public static final class Tab implements WebSocket.Listener, AutoCloseable {
    private final AtomicInteger ids = new AtomicInteger();
    private final Map<Integer, CompletableFuture<Map<String, Object>>> calls =
        new ConcurrentHashMap<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final StringBuilder received = new StringBuilder();
    private volatile @Nullable WebSocket socket;

    private Tab() {}

    /** What the page has written to its console as a warning or an error, and what it threw. */
    public List<String> complaints() {
      return complaints;
    }

    /** Shows another page. */
    public void go(URI address) throws Exception {
      call("Page.navigate", Map.of("url", address.toString()));
    }

    /** Runs a script; its result as text. */
    public String run(String script) throws Exception {
      Map<String, Object> answer =
          call(
              "Runtime.evaluate",
              Map.of("expression", "String(" + script + ")", "awaitPromise", true));
      if (answer.containsKey("exceptionDetails")) {
        throw new AssertionError(script + ": " + answer.get("exceptionDetails"));
      }
      return text(part(answer, "result"), "value");
    }

    /** Waits until a script gives true. */
    public void until(String script) {
      try {
        Eventually.until(script, () -> run(script).equals("true"));
      } catch (AssertionError e) {
        throw new AssertionError(e.getMessage() + "; the page: " + body(), e);
      }
    }

    private String body() {
      try {
        return run("document.body.innerText") + "; complaints: " + complaints;
      } catch (Exception e) {
        return e.toString();
      }
    }

    /** Presses one key: a character, or a name such as {@code Enter}. */
    public void press(String key) throws Exception {
      Map<String, Object> down = new TreeMap<>(Map.of("type", "keyDown", "key", key));
      if (key.length() == 1) {
        down.put("text", key);
      } else if (key.equals("Enter")) {
        down.putAll(Map.of("text", "\r", "windowsVirtualKeyCode", 13));
      }
      call("Input.dispatchKeyEvent", down);
      call("Input.dispatchKeyEvent", Map.of("type", "keyUp", "key", key));
    }

    /** Types a text where the focus is. */
    public void type(String text) throws Exception {
      call("Input.insertText", Map.of("text", text));
    }

    /** Sets the size of the window, in CSS pixels. */
    public void resize(int width, int height) throws Exception {
      call(
          "Emulation.setDeviceMetricsOverride",
          Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    /** Prefers dark or light pages. */
    public void prefer(String scheme) throws Exception {
      call(
          "Emulation.setEmulatedMedia",
          Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /** Writes a picture of the window. */
    public void picture(Path file) throws Exception {
      Map<String, Object> answer = call("Page.captureScreenshot", Map.of("format", "png"));
      Files.write(file, Base64.getDecoder().decode(text(answer, "data")));
    }

    private Map<String, Object> call(String method, Map<String, Object> parameters)
        throws Exception {
      int id = ids.incrementAndGet();
      CompletableFuture<Map<String, Object>> answer = new CompletableFuture<>();
      calls.put(id, answer);
      WebSocket open = socket;
      if (open == null) {
        throw new IllegalStateException("not connected");
      }
      String message = json(Map.of("id", id, "method", method, "params", parameters));
      synchronized (ids) {
        Eventually.get(open.sendText(message, true));
      }
      return Eventually.get(answer);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      received.append(data);
      if (last) {
        String whole = received.toString();
        received.setLength(0);
        try {
          take(parsed(whole));
        } catch (IOException e) {
          complaints.add("unreadable: " + whole);
        }
      }
      from.request(1);
      return null;
    }

    private void take(Map<String, Object> message) {
      if (message.get("id") instanceof Number id) {
        CompletableFuture<Map<String, Object>> call = calls.remove(id.intValue());
        if (call != null && message.containsKey("error")) {
          call.completeExceptionally(new AssertionError(message.get("error").toString()));
        } else if (call != null) {
          call.complete(part(message, "result"));
        }
        return;
      }
      Map<String, Object> parameters = part(message, "params");
      switch (String.valueOf(message.get("method"))) {
        case "Runtime.exceptionThrown" -> complaints.add(parameters.toString());
        case "Log.entryAdded" -> complaints.add(part(parameters, "entry").toString());
        case "Runtime.consoleAPICalled" -> {
          if (!"log".equals(parameters.get("type"))) {
            complaints.add(parameters.toString());
          }
        }
        default -> {}
      }
    }

    @Override
    public void close() {
      WebSocket open = socket;
      if (open != null) {
        open.abort();
      }
    }
  }

  // JSON, as far as the protocol needs it

  private static String json(Object value) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator to = new JsonFactory().createGenerator(text)) {
      write(to, value);
    }
    return text.toString();
  }

  private static void write(JsonGenerator to, Object value) throws IOException {
    if (value instanceof Map<?, ?> map) {
      to.writeStartObject();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        to.writeFieldName(entry.getKey().toString());
        write(to, entry.getValue());
      }
      to.writeEndObject();
    } else if (value instanceof List<?> list) {
      to.writeStartArray();
      for (Object element : list) {
        write(to, element);
      }
      to.writeEndArray();
    } else if (value instanceof Integer number) {
      to.writeNumber(number);
    } else if (value instanceof Boolean flag) {
      to.writeBoolean(flag);
    } else {
      to.writeString(value.toString());
    }
  }

  private static Map<String, Object> parsed(String json) throws IOException {
    try (JsonParser from = new JsonFactory().createParser(json)) {
      JsonToken unused = from.nextToken();
      Map<String, Object> whole = new TreeMap<>();
      read(from, whole);
      return whole;
    }
  }

  private static void read(JsonParser from, Map<String, Object> object) throws IOException {
    while (from.nextToken() == JsonToken.FIELD_NAME) {
      String name = from.currentName();
      JsonToken unused = from.nextToken();
      object.put(name, value(from));
    }
  }

  private static Object value(JsonParser from) throws IOException {
    switch (from.currentToken()) {
      case START_OBJECT -> {
        Map<String, Object> object = new TreeMap<>();
        read(from, object);
        return object;
      }
      case START_ARRAY -> {
        List<Object> list = new ArrayList<>();
        while (from.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(from));
        }
        return list;
      }
      case VALUE_NUMBER_INT -> {
        return from.getLongValue();
      }
      default -> {
        return from.getText();
      }
    }
  }

  @SuppressWarnings("unchecked") // The reader above makes no other maps.
  private static Map<String, Object> part(Map<String, Object> whole, String name) {
    return (Map<String, Object>) whole.getOrDefault(name, Map.of());
  }

  private static String text(Map<String, Object> whole, String name) {
    return String.valueOf(whole.get(name));
  }
}
